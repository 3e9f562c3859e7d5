#!/bin/sh
# Slurm's TaskProlog: gives a job the variables that PBS and LSF would give, and makes mpirun start ranks as it does there:
# by a host file, and through an agent. What it prints, Slurm reads.
[ "$SLURM_PROCID" = 0 ] || exit 0
nodes=$HOSTS/nodes.$SLURM_JOB_ID
scontrol show hostnames "$SLURM_JOB_NODELIST" | while read -r host; do
  i=0
  while [ $i -lt "${SLURM_NTASKS_PER_NODE:-2}" ]; do echo "$host"; i=$((i + 1)); done
done >"$nodes"
# From one host of a job to another: the processes of a host are seen from the head alone.
agent=$HOSTS/agent
cat >"$agent" <<EOS
#!/bin/sh
export SLURM_CONF='$SLURM_CONF' PATH='$PATH'
host=\$1
shift
exec srun --overlap --jobid="\$SLURM_JOB_ID" --nodes=1 --ntasks=1 --nodelist="\$host" sh -c "\$*"
EOS
chmod +x "$agent"
for setting in \
  "PBS_JOBID=$SLURM_JOB_ID.head" "PBS_JOBNAME=$SLURM_JOB_NAME" "PBS_O_WORKDIR=$SLURM_SUBMIT_DIR" "PBS_NODEFILE=$nodes" \
  "LSB_JOBID=$SLURM_JOB_ID" "LSB_DJOB_HOSTFILE=$nodes" \
  "OMPI_MCA_plm=rsh" "OMPI_MCA_ras=^slurm" "OMPI_MCA_plm_rsh_agent=$agent" \
  "OMPI_ALLOW_RUN_AS_ROOT=1" "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1" "OMPI_MCA_orte_tmpdir_base=$HOSTS/tmp" \
  "HOSTS=$HOSTS" "PATH=$PATH" "OMPI_MCA_mpi_yield_when_idle=1" "OMPI_MCA_odls_base_sigkill_timeout=1"; do
  echo "export $setting"
done
if [ -n "${SLURM_ARRAY_TASK_ID:-}" ]; then
  echo "export PBS_ARRAY_INDEX=$SLURM_ARRAY_TASK_ID"
  echo "export LSB_JOBINDEX=$SLURM_ARRAY_TASK_ID"
fi
