@main
struct Main {
  static func main() { print("cnn-dist") }
}
