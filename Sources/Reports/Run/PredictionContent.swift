import FoundationEssentials
import Numerics
import Pictures

/// What the page of a run shows of predictions: the confusion matrix, mistakes, numbers against numbers.
enum PredictionContent {
  /// A table with more classes cannot be taken in at a glance; the most frequent confusions are listed then.
  static let maximumTableClassCount = 30
  private static let maximumConfusionCount = 20
  /// The longest side of a picture on the page, in points; larger pictures are scaled down.
  private static let side = 112

  /// What the template shows.
  static func content(of predictions: Predictions, figures: [PageContent]) throws -> PageContent {
    var content: PageContent = [
      "model": predictions.model, "split": predictions.split, "store": predictions.store,
      "metrics": predictions.metrics.joined(separator: ", "), "valueFigures": figures, "hasClasses": false,
    ]
    guard case .classes(let counts, let mistakes) = predictions.results else { return content }
    content["hasClasses"] = true
    let wrong = counts.enumerated().reduce(0) { $0 + $1.element.reduce(0, +) - $1.element[$1.offset] }
    content["mistakesRemark"] = remark(wrong: wrong, shown: mistakes)
    content["mistakes"] = try mistakes.map { try self.content(of: $0, predictions) }
    if counts.count <= maximumTableClassCount {
      content["confusion"] = table(counts, predictions)
    } else if wrong > 0 {
      content["confusions"] = ["rows": confusions(counts, predictions)] as PageContent
    }
    return content
  }

  /// The charts of predictions: of numbers, what they are against what they should be.
  static func charts(of predictions: Result<Predictions, RunReport.Absence>) -> [any Chart] {
    guard case .success(let predictions) = predictions, case .values(let values) = predictions.results,
      !values.isEmpty
    else { return [] }
    return [PredictionsChart(values: values.map { (Double($0.target), Double($0.output)) }, split: predictions.split)]
  }

  private static func remark(wrong: Int, shown: [Predictions.Mistake]) -> String {
    if wrong == 0 { return "There are none." }
    let order = shown.contains { $0.probability != nil } ? ", the surest first" : ""
    if wrong > shown.count { return "\(shown.count) of \(Text.grouped(wrong))\(order)." }
    return wrong == 1 ? "One sample." : "All \(wrong)\(order)."
  }

  private static func content(of mistake: Predictions.Mistake, _ predictions: Predictions) throws -> PageContent {
    var picture = mistake.picture
    let longest = max(picture.width, picture.height)
    func shown(_ length: Int) -> Int { max(1, (length * side + longest / 2) / longest) }
    if longest > 2 * side {
      picture = try picture.resized(width: 2 * shown(picture.width), height: 2 * shown(picture.height))
    }
    var content: PageContent = [
      "picture": "data:image/png;base64," + Data(try picture.png()).base64EncodedString(),
      "kind": longest <= side ? "enlarged" : "", "width": shown(mistake.picture.width),
      "height": shown(mistake.picture.height), "sample": mistake.sample,
      "label": predictions.name(ofClass: mistake.label),
      "predicted": predictions.name(ofClass: mistake.predicted),
    ]
    if let probability = mistake.probability { content["probability"] = Text.percent(probability) }
    return content
  }

  private static func table(_ counts: [[Int]], _ predictions: Predictions) -> PageContent {
    let names = counts.indices.map(predictions.name)
    let rows = counts.enumerated().map { label, row in
      let total = row.reduce(0, +)
      let cells = row.enumerated().map { predicted, count -> PageContent in
        let share = total == 0 ? 0 : Double(count) / Double(total)
        return [
          "count": count == 0 ? "·" : Text.grouped(count), "color": color(share, isRight: label == predicted),
          "kind": count == 0 ? "none" : share > 0.6 ? "dark" : "",
          "title": "\(names[label]) taken for \(names[predicted]): \(count) of \(total)",
        ]
      }
      return [
        "name": names[label], "cells": cells,
        "share": total == 0 ? "–" : Text.percent(Double(row[label]) / Double(total)),
      ] as PageContent
    }
    return ["columns": names, "rows": rows]
  }

  /// White for nothing; for a whole row blue on the diagonal, and red beside it.
  private static func color(_ share: Double, isRight: Bool) -> String {
    let full: [Double] = isRight ? [33, 102, 172] : [178, 24, 43]
    // A single mistake among many samples is to be seen.
    let strength = share == 0 ? 0 : isRight ? share : 0.12 + 0.88 * share
    return "rgb(" + full.map { "\(Int((255 + ($0 - 255) * strength).rounded()))" }.joined(separator: ", ") + ")"
  }

  private static func confusions(_ counts: [[Int]], _ predictions: Predictions) -> [PageContent] {
    let all = counts.enumerated().flatMap { label, row in
      row.enumerated().filter { $0.offset != label && $0.element > 0 }.map { (label, $0.offset, $0.element) }
    }
    // Equal counts stay in the order of the classes.
    let most = all.sorted { ($1.2, $0.0, $0.1) < ($0.2, $1.0, $1.1) }.prefix(maximumConfusionCount)
    return most.map { label, predicted, count in
      [
        "label": predictions.name(ofClass: label), "predicted": predictions.name(ofClass: predicted), "count": count,
        "share": Text.percent(Double(count) / Double(counts[label].reduce(0, +))),
      ]
    }
  }
}
