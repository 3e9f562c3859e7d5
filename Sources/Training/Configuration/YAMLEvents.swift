internal import CYaml
import NeuralNetwork

/// What is looked for in a YAML text before Yams makes values of it, event by event as libyaml finds them.
enum YAMLEvents {
  /// Refuses anchors and aliases, of which a few lines can stand for billions of values, and lists in lists without end.
  ///
  /// What is no YAML is left for Yams to say.
  ///
  /// The corresponding C function is `yaml_parser_parse`.
  ///
  /// - Throws: ``ConfigurationError`` that names the line.
  static func check(_ text: String) throws(ConfigurationError) {
    let text = Array(text.utf8)
    let problem = text.withUnsafeBufferPointer(problem)
    if let problem { throw problem }
  }

  private static func problem(in text: UnsafeBufferPointer<UInt8>) -> ConfigurationError? {
    var parser = yaml_parser_t()
    guard yaml_parser_initialize(&parser) == 1 else { return nil }
    defer { yaml_parser_delete(&parser) }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(&parser, text.baseAddress, text.count)
    var depth = 0
    while true {
      var event = yaml_event_t()
      guard yaml_parser_parse(&parser, &event) == 1 else {
        // libyaml has a limit of its own, and a message of its own.
        let isTooDeep = parser.problem.map { String(cString: $0).contains("nesting") } ?? false
        return isTooDeep ? tooDeep(line: parser.mark.line) : nil
      }
      defer { yaml_event_delete(&event) }
      var anchor: UnsafeMutablePointer<yaml_char_t>?
      switch event.type {
      case YAML_STREAM_END_EVENT: return nil
      case YAML_ALIAS_EVENT: anchor = event.data.alias.anchor
      case YAML_SCALAR_EVENT: anchor = event.data.scalar.anchor
      case YAML_SEQUENCE_START_EVENT:
        anchor = event.data.sequence_start.anchor
        depth += 1
      case YAML_MAPPING_START_EVENT:
        anchor = event.data.mapping_start.anchor
        depth += 1
      case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: depth -= 1
      default: break
      }
      if anchor != nil {
        return ConfigurationError(
          "anchors and aliases are not read", at: "line \(event.start_mark.line + 1)", advice: "write the value out")
      }
      if depth > ConfigurationValue.greatestDepth { return tooDeep(line: event.start_mark.line) }
    }
  }

  private static func tooDeep(line: Int) -> ConfigurationError {
    ConfigurationError(
      "lists and mappings are nested more than \(ConfigurationValue.greatestDepth) deep", at: "line \(line + 1)",
      advice: "write them flat")
  }
}
