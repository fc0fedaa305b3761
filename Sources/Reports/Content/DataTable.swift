public import Evaluation

/// Rows and columns of a report.
public struct DataTable: Sendable, Equatable {
    /// What it shows.
    public var caption: String
    /// Names of the columns.
    public var columns: [String]
    /// The cells, as many in each row as there are columns.
    public private(set) var rows: [[Cell]] = []

    /// A table without rows.
    public init(_ caption: String, _ columns: [String]) {
        self.caption = caption
        self.columns = columns
    }

    /// Adds a row.
    package mutating func add(_ row: [Cell]) { rows.append(row) }
}

/// One value of a table, as it is; `shown` is how people read it.
public enum Cell: Sendable, Equatable {
    case text(String)
    case count(Int)
    /// With so many decimals.
    case number(Double, digits: Int)
    /// A share from 0 to 1, shown in per cent.
    case share(Double)
    /// A mean with its interval.
    case estimate(Double, Interval?)
    case interval(Interval)
    /// Shown with its sign.
    case difference(Double)
    /// A p-value.
    case p(Double)
    case bytes(UInt64)
    case seconds(Double)
    /// Nothing that could be said.
    case none

    /// A reward; `none` for nil.
    package static func reward(_ value: Double?) -> Cell { value.map { .number($0, digits: 4) } ?? .none }

    /// A number; `none` for nil.
    package static func number(_ value: Double?, _ digits: Int) -> Cell {
        value.map { .number($0, digits: digits) } ?? .none
    }

    /// A count of a total, as a share; `none` for a total of 0.
    package static func share(_ count: Int, of total: Int) -> Cell {
        total > 0 ? .share(Double(count) / Double(total)) : .none
    }

    /// For people.
    public var shown: String {
        switch self {
        case .text(let text): text
        case .count(let count): "\(count)"
        case .number(let value, let digits): Decimals.text(value, digits)
        case .share(let value): Decimals.text(100 * value, 1) + " %"
        case .estimate(let mean, let interval):
            Decimals.text(mean, 4) + (interval.map { " (\(Cell.interval($0).shown))" } ?? "")
        case .interval(let interval): "\(Decimals.text(interval.lower, 4)) to \(Decimals.text(interval.upper, 4))"
        case .difference(let value): (value < 0 ? "" : "+") + Decimals.text(value, 4)
        case .p(let value): value < 0.0001 ? "<.0001" : Decimals.text(value, 4)
        case .bytes(let count): Decimals.bytes(count)
        case .seconds(let seconds): Decimals.seconds(seconds)
        case .none: "–"
        }
    }

    /// Whether it belongs flush right.
    var isNumeric: Bool {
        switch self {
        case .text: false
        default: true
        }
    }
}
