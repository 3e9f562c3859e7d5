/// What a batch job is to do, and what it needs.
struct ClusterJob {
  /// Its name.
  var name: String
  /// The machines.
  var nodes: Int
  /// The ranks on each, a core for each.
  var ranksPerNode: Int
  /// How long it may take, in minutes.
  var minutes: Int
  /// The queue or partition; nil: the site's default.
  var queue: String?
  /// What is charged for it; nil: the site's default.
  var account: String?
  /// The memory on each node, in megabytes; nil: the site's default.
  var megabytes: Int?
  /// What `module load` is to load first.
  var modules: [String] = []
  /// Further directives, without the scheduler's mark before them.
  var directives: [String] = []
  /// `train` or `sweep`.
  var command: String
  /// Where the program is.
  var program: String
  /// The folder of the run; nil: one named by the job.
  var output: String?
  /// The jobs of a sweep's array; 1: no array.
  var parts: Int
  /// How often it is started again.
  var restarts: Int
  /// What follows `train` or `sweep`.
  var arguments: [String]

  /// The ranks of the job.
  var ranks: Int { nodes * ranksPerNode }

  /// The time as hours and minutes: `08:00`.
  var time: String {
    func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(twoDigits(minutes / 60)):\(twoDigits(minutes % 60))"
  }
}
