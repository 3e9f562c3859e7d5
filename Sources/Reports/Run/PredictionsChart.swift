/// What a network puts out against what it should: the nearer the points to the diagonal, the better.
struct PredictionsChart: Chart {
  let name = "predictions"
  let title: String
  let size = ChartSize(width: 480, height: 460)
  private let values: [(target: Double, output: Double)]

  init(values: [(target: Double, output: Double)], split: String) {
    self.values = values
    title = "Outputs against targets, \(split)"
  }

  var table: CSV {
    CSV(header: ["target", "output"], rows: values.map { [CSV.field($0.target), CSV.field($0.output)] })
  }

  var settings: [String] {
    ChartAxis("target").settings("x") + ChartAxis("output").settings("y") + ["set key off"]
  }

  var layers: [String] {
    [
      "x with lines linewidth 1 dashtype 2 linecolor rgb '#777777'",
      "data skip 1 using 1:2 with points pointtype 7 pointsize 0.5 linecolor rgb '#2a788e'",
    ]
  }
}
