import Numerics
import Training

/// What a command shows while it goes through many samples: a bar on a terminal, a plain line now and then in a log.
final class SampleProgress {
  private let terminal: Terminal?
  private var what = ""
  private var begin = ContinuousClock.now
  private var lastShown = ContinuousClock.now
  private var barIsShown = false

  init(terminal: Terminal? = .ofThisProcess()) { self.terminal = terminal }

  /// Shows how far `what` has come, if it is time.
  ///
  /// - Parameter rate: what a number per second is called, say "5,000 images/s".
  func show(_ what: String, _ done: Int, of total: Int, rate: (Double) -> String) {
    let now = ContinuousClock.now
    if what != self.what {
      self.what = what
      begin = now
    }
    guard now - lastShown >= (terminal == nil ? .seconds(30) : .milliseconds(100)) else { return }
    lastShown = now
    let seconds = (now - begin) / .seconds(1)
    let perSecond = Double(done) / max(seconds, 1e-9)
    let left = seconds / Double(max(done, 1)) * Double(total - done)
    // A phase that has just begun has no speed yet.
    let numbers = seconds < 0.5 ? "" : "\(rate(perSecond))  \(Text.duration(left)) left"
    let share = Double(done) / Double(max(total, 1))
    guard let terminal else {
      write("\(what)  \(Text.percent(share))  \(numbers)\n")
      return
    }
    let room = terminal.width - what.count - numbers.count - 7
    let filled = Int((share * Double(min(room, 30))).rounded(.down))
    let bar =
      room < 8
      ? ""
      : "[" + String(repeating: "=", count: filled) + String(repeating: " ", count: min(room, 30) - filled) + "]  "
    write("\r\u{1B}[K" + String("\(what)  \(bar)\(numbers)".prefix(terminal.width - 1)))
    barIsShown = true
  }

  /// Removes the bar, before something else is printed.
  func clear() {
    guard barIsShown else { return }
    write("\r\u{1B}[K")
    barIsShown = false
  }

  private func write(_ text: String) { StandardStream.output.say(text) }
}
