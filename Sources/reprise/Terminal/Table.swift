/// A table for people: columns as wide as their content, numbers flush right, a rule below the head.
struct Table {
    private let head: [String]
    private var rows: [[String]] = []

    init(_ head: [String]) {
        self.head = head
    }

    mutating func add(_ row: [String]) {
        rows.append(row)
    }

    /// The lines, without trailing spaces.
    var lines: [String] {
        let all = [head] + rows
        let columns = all.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            all.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        let right = (0..<columns).map { column in
            rows.contains { column < $0.count && Self.isNumeric($0[column]) }
        }
        func line(_ cells: [String]) -> String {
            var text = ""
            for (column, cell) in cells.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                text += (column == 0 ? "" : "  ") + (right[column] ? padding + cell : cell + padding)
            }
            return String(text.reversed().drop { $0 == " " }.reversed())
        }
        let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
        return [line(head), rule] + rows.map(line)
    }

    private static func isNumeric(_ cell: String) -> Bool {
        guard let first = cell.first(where: { $0 != "+" && $0 != "-" && $0 != "." }) else { return false }
        return first.isNumber
    }
}
