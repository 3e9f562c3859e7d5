import ArgumentParser

/// A batch system, with its script in `jobs/`.
enum Scheduler: String, ExpressibleByArgument, CaseIterable {
  case slurm, pbs, lsf

  /// The script for `job`.
  func script(for job: ClusterJob) -> String {
    var script: JobScript
    let isArray = job.parts > 1
    switch self {
    case .slurm:
      script = JobScript(PackageResources.slurm_sbatch)
      script.replace("#   sbatch ", with: "#   sbatch THIS_FILE")
      script.replace("#   COMMAND=")
      script.replace(
        "#SBATCH --job-name=", with: "#SBATCH --job-name=\(job.name)", job.queue.map { "#SBATCH --partition=\($0)" },
        job.account.map { "#SBATCH --account=\($0)" }, isArray ? "#SBATCH --array=1-\(job.parts)" : nil)
      script.replace("#SBATCH --nodes=", with: "#SBATCH --nodes=\(job.nodes)")
      script.replace(
        "#SBATCH --ntasks-per-node=", with: "#SBATCH --ntasks-per-node=\(job.ranksPerNode)",
        job.megabytes.map { "#SBATCH --mem=\($0)M" })
      // The tasks of an array would write into each other's logs.
      if isArray { script.replace("#SBATCH --output=", with: "#SBATCH --output=%x-%A_%a.log") }
      script.add(job.directives.map { "#SBATCH \($0)" }, after: "#SBATCH --output=")
      script.replace("#SBATCH --time=", with: "#SBATCH --time=\(job.time):00")
    case .pbs:
      script = JobScript(PackageResources.pbs_sh)
      script.replace("#   qsub -J 1-4")
      // As a line of the script it would make arrays of the jobs that go on, too.
      script.replace("#   qsub pbs.sh", with: "#   qsub \(isArray ? "-J 1-\(job.parts) " : "")THIS_FILE")
      script.replace(
        "#PBS -N ", with: "#PBS -N \(job.name)", job.queue.map { "#PBS -q \($0)" }, job.account.map { "#PBS -A \($0)" })
      let memory = job.megabytes.map { ":mem=\($0)mb" } ?? ""
      let chunk = "ncpus=\(job.ranksPerNode):mpiprocs=\(job.ranksPerNode)\(memory)"
      script.replace("#PBS -l select=", with: "#PBS -l select=\(job.nodes):\(chunk)")
      script.replace("#PBS -l walltime=", with: "#PBS -l walltime=\(job.time):00")
      script.add(job.directives.map { "#PBS \($0)" }, after: "#PBS -j ")
      script.set("TIME", to: "\(job.time):00")
    case .lsf:
      script = JobScript(PackageResources.lsf_sh)
      script.replace("#   bsub < lsf.sh", with: "#   bsub < THIS_FILE")
      script.replace("#   COMMAND=")
      script.replace(
        "#BSUB -J ", with: "#BSUB -J \(isArray ? "\"\(job.name)[1-\(job.parts)]\"" : job.name)",
        job.queue.map { "#BSUB -q \($0)" }, job.account.map { "#BSUB -P \($0)" })
      if isArray { script.replace("#BSUB -o ", with: "#BSUB -o \(job.name)-%J-%I.log") }
      script.replace("#BSUB -n ", with: "#BSUB -n \(job.ranks)")
      let memory = job.megabytes.map { " rusage[mem=\($0)MB/host]" } ?? ""
      script.replace("#BSUB -R ", with: "#BSUB -R \"span[ptile=\(job.ranksPerNode)]\(memory)\"")
      script.add(job.directives.map { "#BSUB \($0)" }, after: "#BSUB -o ")
      script.replace("#BSUB -W ", with: "#BSUB -W \(job.time)")
    }
    if !job.modules.isEmpty {
      script.replace("# module load ", with: "module load \(job.modules.joined(separator: " "))")
    }
    script.set("COMMAND", to: job.command)
    script.set("PROGRAM", to: job.program)
    if let output = job.output { script.set("OUTPUT", to: output) }
    script.set("PARTS", to: "\(job.parts)")
    script.set("RESTARTS", to: "\(job.restarts)")
    script.set("ARGUMENTS", to: job.arguments)
    return script.text
  }
}
