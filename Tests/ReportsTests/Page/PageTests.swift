import Testing

@testable import Reports

@Suite struct PageTests {
  @Test func escapesWhateverADatumSays() {
    let markup = EscapedMarkup()
    #expect(
      markup.escapeText("<script>alert('1' & \"2\")</script>")
        == "&lt;script&gt;alert(&#39;1&#39; &amp; &quot;2&quot;)&lt;/script&gt;")
    // A quote with an accent is one character in Swift, and a quote to a browser.
    #expect(markup.escapeText("\"\u{301} onload=x") == "&quot;\u{301} onload=x")
  }

  @Test func everyTemplateEscapes() throws {
    let page = try Page(title: "a\"\u{301}<b>", template: "Page", content: [:]).html()
    #expect(page.contains("<title>a&quot;\u{301}&lt;b&gt;</title>"))
    let figure = Figure(name: "a", title: "x\"\u{301}<b>", size: .curves)
    #expect(try Templates.render(figure.content, with: "Figure").contains("x&quot;\u{301}&lt;b&gt;: not drawn"))
  }

  @Test func loadsNothing() throws {
    let page = try Page(title: "a", template: "Page", content: [:], scripts: ["alert(1)"]).html()
    #expect(page.contains("default-src 'none'"))
    #expect(page.contains("<script>alert(1)</script>"))
    // The digest of that script, by openssl.
    #expect(page.contains("'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"))
  }

  @Test func jsonEndsNoScript() throws {
    #expect(try Page.json(["a": "</script>"]) == #"{"a":"\u003c/script>"}"#)
  }
}
