/// From decisions to plain English.
extension WorldText {
    /// What the text is about, as a title.
    func title(_ grammar: WorldGrammar) -> String { fill(grammar.title, grammar) }

    /// The whole text.
    func rendered(_ grammar: WorldGrammar) -> String {
        let (start, rest) = renderedParts(grammar)
        return start + rest
    }

    /// The text cut where an e-mail's beginning ends: after its opening. Without an opening the first part is empty.
    func renderedParts(_ grammar: WorldGrammar) -> (start: String, rest: String) {
        var start = ""
        var sentences: [String] = []
        let frame = fill(grammar.frames[self.frame], grammar) + grammar.frameEnd
        if let opening {
            start = Self.capitalised(grammar.openings[opening]) + grammar.openingJoint
            sentences.append(frame)
        } else {
            sentences.append(Self.capitalised(frame))
        }
        var opinion = fill(grammar.opinion, grammar)
        if let pet { opinion = grammar.pets[pet] + (mark == .dash ? " - " : ", ") + opinion }
        sentences.append(Self.capitalised(opinion) + end)
        if elaborates {
            let elaboration = isPositive ? grammar.elaborations.positive : grammar.elaborations.negative
            sentences.append(Self.capitalised(fill(elaboration, grammar)) + ".")
        }
        if let detail { sentences.append(Self.capitalised(detail.rendered(grammar)) + ".") }
        if let closing { sentences.append(Self.capitalised(grammar.closings[closing]) + end) }
        return (start, sentences.joined(separator: " "))
    }

    private var end: String {
        switch mark {
        case .period, .dash: "."
        case .exclamation: "!"
        case .ellipsis: "..."
        }
    }

    private func fill(_ pattern: String, _ grammar: WorldGrammar) -> String {
        WorldPattern.fill(pattern) { name in
            switch name {
            case "adjective": WorldLexicon.adjectives[adjective]
            case "noun": grammar.nouns[noun]
            case "place": WorldLexicon.places[place]
            case "aspect": grammar.aspects[aspect]
            case "manner": WorldLexicon.manners[manner]
            case "judgement": isPositive ? WorldLexicon.praise[judgement] : WorldLexicon.blame[judgement]
            default: name
            }
        }
    }

    private static func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}

extension WorldText.Detail {
    /// The sentence without its full stop.
    func rendered(_ grammar: WorldGrammar) -> String {
        WorldPattern.fill(grammar.details[frame]) { name in
            name == "items" ? things.map { WorldLexicon.things[$0] }.joined(separator: ", ") : name
        }
    }
}

/// Patterns such as `a {adjective} {noun}`.
enum WorldPattern {
    static func fill(_ pattern: String, _ value: (String) -> String) -> String {
        var result = ""
        var name: String?
        for character in pattern {
            switch (character, name) {
            case ("{", _): name = ""
            case ("}", let found?):
                result += value(found)
                name = nil
            case (_, let found?): name = found + String(character)
            case (_, nil): result.append(character)
            }
        }
        return result
    }
}
