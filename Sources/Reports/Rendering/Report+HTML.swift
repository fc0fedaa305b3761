extension Report {
    /// The report as one HTML file that needs nothing else: no scripts, no fonts, no images from anywhere.
    public var html: String {
        var page = HTMLWriter()
        page.open("!DOCTYPE html")
        page.line()
        page.element("html", ["lang": "en"]) { page in
            page.element("head") { page in
                page.open("meta", ["charset": "utf-8"])
                page.open("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
                // Whatever the texts hold, nothing is loaded and nothing runs.
                page.open(
                    "meta",
                    [
                        "http-equiv": "Content-Security-Policy",
                        "content": "default-src 'none'; style-src 'unsafe-inline'",
                    ])
                page.open("meta", ["name": "color-scheme", "content": "light dark"])
                page.element("title", text: title)
                page.style(Stylesheet.text)
            }
            page.line()
            page.element("body") { page in body(&page) }
        }
        page.line()
        return page.text
    }

    private func body(_ page: inout HTMLWriter) {
        page.element("header") { page in
            page.element("h1", text: title)
            page.element("dl") { page in
                for fact in facts {
                    page.element("div") { page in
                        page.element("dt", text: fact.name)
                        page.element("dd", text: fact.value.shown)
                    }
                }
            }
        }
        page.element("nav", ["aria-label": "Sections"]) { page in
            for section in sections { page.element("a", ["href": "#\(section.id)"], text: section.title) }
        }
        page.element("main") { page in
            for section in sections {
                page.line()
                page.element("section", ["id": section.id]) { page in
                    page.element("h2", text: section.title)
                    if !section.note.isEmpty { page.element("p", ["class": "note"], text: section.note) }
                    for block in section.blocks { block.write(to: &page) }
                }
            }
        }
    }
}

extension Report.Block {
    fileprivate func write(to page: inout HTMLWriter) {
        switch self {
        case .table(let table): table.write(to: &page)
        case .lines(let chart):
            // More lines than these nobody can tell apart: the table says it.
            if chart.series.count <= LineChart.drawn {
                page.element("figure") { page in
                    page.element("figcaption", text: chart.title)
                    chart.write(to: &page)
                }
            }
            var table = chart.table
            table.caption = ""
            table.write(to: &page)
        case .histograms(let panels):
            page.element("div", ["class": "panels"]) { page in
                let most = panels.map(\.largestShare).max() ?? 0
                for panel in panels { panel.write(to: &page, most: most) }
            }
        case .excerpt(let excerpt): excerpt.write(to: &page)
        case .listing(let text): page.element("pre", ["class": "listing"], text: text)
        }
    }
}

extension DataTable {
    /// The table as HTML.
    package func write(to page: inout HTMLWriter) {
        let numeric = columns.indices.map { column in rows.contains { $0[column].isNumeric } }
        // Wide tables scroll by themselves, also with the keyboard.
        page.element("div", ["class": "scroll", "tabindex": "0"]) { page in
            page.element("table") { page in
                if !caption.isEmpty { page.element("caption", text: caption) }
                page.element("thead") { page in
                    page.element("tr") { page in
                        for (column, isNumeric) in zip(columns, numeric) {
                            page.element("th", ["scope": "col", "class": isNumeric ? "n" : "t"], text: column)
                        }
                    }
                }
                page.element("tbody") { page in
                    for row in rows {
                        page.line()
                        page.element("tr") { page in
                            for (column, cell) in row.enumerated() {
                                cell.write(to: &page, isHeading: column == 0, isNumeric: numeric[column])
                            }
                        }
                    }
                }
            }
        }
    }
}

extension Cell {
    fileprivate func write(to page: inout HTMLWriter, isHeading: Bool, isNumeric: Bool) {
        let kind = isNumeric ? "n" : "t"
        if isHeading {
            page.element("th", ["scope": "row", "class": kind], text: shown)
        } else if case .estimate(let mean, let interval?) = self {
            page.element("td", ["class": kind]) { page in
                page.put(Cell.reward(mean).shown)
                page.element("small", text: " " + Cell.interval(interval).shown)
            }
        } else {
            page.element("td", ["class": kind], text: shown)
        }
    }
}

extension Excerpt {
    fileprivate func write(to page: inout HTMLWriter) {
        page.line()
        page.element("article") { page in
            page.element("h3", text: title)
            page.element("p", ["class": "request", "dir": "auto"], text: request)
            page.element("div", ["class": "texts"]) { page in
                for text in texts { text.write(to: &page) }
            }
        }
    }
}

extension Excerpt.Text {
    fileprivate func write(to page: inout HTMLWriter) {
        page.element("div", ["class": "author"]) { page in
            page.element("h4") { page in
                page.put(author)
                if let reward { page.element("span", text: Cell.reward(reward).shown) }
            }
            if !reasoning.isEmpty { page.element("p", ["class": "reasoning", "dir": "auto"], text: reasoning) }
            if let answer {
                page.element("p", ["dir": "auto"], text: answer)
            } else {
                page.element("p", ["class": "none"], text: "no answer")
            }
        }
    }
}
