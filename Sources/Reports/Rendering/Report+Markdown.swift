extension Report {
    /// The report as Markdown (CommonMark with tables); charts are tables.
    public var markdown: String {
        var parts = ["# \(Markdown.inline(title))"]
        parts.append(
            facts.map { "- **\(Markdown.inline($0.name))**: \(Markdown.inline($0.value.shown))" }
                .joined(separator: "\n"))
        for section in sections {
            parts.append("## \(Markdown.inline(section.title))")
            if !section.note.isEmpty { parts.append(Markdown.inline(section.note)) }
            parts += section.blocks.map(Markdown.block)
        }
        return parts.joined(separator: "\n\n") + "\n"
    }
}

private enum Markdown {
    static func block(_ block: Report.Block) -> String {
        switch block {
        case .table(let table): self.table(table)
        case .lines(let chart): self.table(chart.table)
        case .histograms(let panels): self.table(panels.table)
        case .excerpt(let excerpt): self.excerpt(excerpt)
        case .listing(let text): fenced(text)
        }
    }

    private static func table(_ table: DataTable) -> String {
        let right = table.columns.indices.map { column in table.rows.contains { $0[column].isNumeric } }
        var lines = [
            row(table.columns.map(inline)), row(right.map { $0 ? "---:" : "---" }),
        ]
        lines += table.rows.map { row($0.map { inline($0.shown) }) }
        let caption = table.caption.isEmpty ? "" : "**\(inline(table.caption))**\n\n"
        return caption + lines.joined(separator: "\n")
    }

    private static func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }

    private static func excerpt(_ excerpt: Excerpt) -> String {
        var parts = ["### \(inline(excerpt.title))", fenced(excerpt.request)]
        for text in excerpt.texts {
            let reward = text.reward.map { ", reward \(Cell.reward($0).shown)" } ?? ""
            parts.append("**\(inline(text.author))**\(reward)")
            if !text.reasoning.isEmpty { parts += ["reasoning:", fenced(text.reasoning)] }
            parts.append(text.answer.map(fenced) ?? "(no answer)")
        }
        return parts.joined(separator: "\n\n")
    }

    /// Text in which nothing has a meaning of its own, on one line.
    static func inline(_ text: String) -> String {
        var result = ""
        for character in text {
            if character.isNewline {
                result += " "
            } else {
                if #"\`*_[]<>#|~&"#.contains(character) { result += "\\" }
                result.append(character)
            }
        }
        return result
    }

    /// Text as it is, between fences longer than any run of back-ticks in it.
    private static func fenced(_ text: String) -> String {
        var longest = 0
        var run = 0
        for character in text {
            run = character == "`" ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = String(repeating: "`", count: max(3, longest + 1))
        return "\(fence)\n\(text)\n\(fence)"
    }
}
