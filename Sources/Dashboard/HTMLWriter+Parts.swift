import Reports

extension HTMLWriter {
    /// A part of a page that renews itself as a whole.
    mutating func section(_ id: String, _ title: String, note: String = "", _ body: (inout HTMLWriter) -> Void) {
        line()
        element("section", ["id": id]) { page in
            page.element("h2", text: title)
            if !note.isEmpty { page.element("p", ["class": "note"], text: note) }
            body(&page)
        }
    }

    /// Facts by their names.
    mutating func facts(_ facts: [(name: String, value: String)]) {
        element("dl", ["class": "facts"]) { page in
            for fact in facts {
                page.element("div") { page in
                    page.element("dt", text: fact.name)
                    page.element("dd", text: fact.value)
                }
            }
        }
    }

    /// How far something is.
    mutating func progress(_ name: String, _ done: Int, of total: Int, note: String) {
        element("div", ["class": "step"]) { page in
            page.element("span", ["class": "name"], text: name)
            page.element(
                "progress", ["max": "\(max(1, total))", "value": "\(done)", "aria-label": name],
                text: "\(done) of \(total)")
            page.element("span", ["class": "note"], text: note)
        }
    }
}

/// Times and other things as people read them.
enum Words {
    /// How long ago.
    static func ago(_ seconds: Double) -> String {
        seconds < 1.5 ? "now" : "\(Decimals.seconds(seconds.rounded())) ago"
    }

    /// A share; a dash where there is nothing to share.
    static func share(_ part: Int, _ whole: Int) -> String {
        whole > 0 ? "\(Decimals.text(100 * Double(part) / Double(whole), 1)) %" : "–"
    }

    /// A policy's name.
    static func policy(_ version: UInt32, isTrained: Bool) -> String {
        version > 0 ? "iteration \(version)" : isTrained ? "SFT" : "base"
    }
}
