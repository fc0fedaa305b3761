import Testing

@testable import Configuration

@Suite struct TreeTests {
    @Test(arguments: [
        ("reward: rouge1\nmode: sft\nreward: rougeL\n", "/here/a.yaml:1:1: 'reward' is given twice: keep one."),
        ("data:\n  train: [1, 2\nmode: sft\n", "/here/a.yaml:3:5: this is not YAML: "),
        ("data:\n\ttrain: 3\n", "indent with spaces, not tabs."),
        ("a: b: c\n", "/here/a.yaml:1:5: this is not YAML: mapping values are not allowed in this context."),
        ("- mode: sft\n", "/here/a.yaml:1:1: a configuration is made of lines like 'key: value'."),
        ("[1]: 2\n", "/here/a.yaml:1:1: a key must be a word."),
        ("mode: sft\n---\nmode: sft\n", "this is not YAML"),
        ("run: &r {name: a}\nmodel: *r\n", "anchors and aliases are not used"),
        ("mode: *nowhere\n", "this is not YAML: found undefined alias"),
    ])
    func brokenTextNamesThePlace(yaml: String, expected: String) {
        #expect(sentence(yaml).contains(expected))
    }

    @Test func aShortTextCannotGrow() {
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            bomb += "a\(level): &a\(level) [\((0..<9).map { _ in "*a\(level - 1)" }.joined(separator: ", "))]\n"
        }
        #expect(sentence(bomb).contains("anchors and aliases are not used"))
    }

    @Test func scalarsKeepTheirText() throws {
        let tree = try Tree(yaml: "a: 1_000\nb: \"yes\"\nc: ~\n", origin: .file("f"))
        guard case .mapping(let entries)? = tree?.content else {
            Issue.record("no mapping")
            return
        }
        #expect(entries.map(\.key) == ["a", "b", "c"])
        #expect(entries.map(\.value.plain) == ["1_000", nil, "~"])
        #expect(entries.map(\.value.text) == ["1_000", "yes", nil])
        #expect(entries[1].place.description == "f:2:1")
        #expect(entries[1].value.place.description == "f:2:4")
    }
}
