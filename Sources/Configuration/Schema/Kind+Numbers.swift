import JSONLines

extension Kind where Value == Int {
    static func integer(_ range: ClosedRange<Int>) -> Kind {
        let bounds =
            range.upperBound == .max
            ? ", at least \(range.lowerBound)" : " from \(range.lowerBound) to \(range.upperBound)"
        return Kind(
            name: "a whole number" + bounds,
            schema: .integer(
                from: Int64(range.lowerBound), to: range.upperBound == .max ? nil : Int64(range.upperBound)),
            read: { tree throws(Mismatch) in
                guard let value = tree.plain.flatMap({ Int($0) }), range.contains(value) else { throw Mismatch() }
                return value
            },
            show: { .scalar(String($0)) })
    }
}

extension Kind where Value == UInt64 {
    static let seed = Kind(
        name: "a whole number from 0 to \(UInt64.max)", schema: .integer(from: 0, to: nil),
        read: { tree throws(Mismatch) in
            guard let value = tree.plain.flatMap({ UInt64($0) }) else { throw Mismatch() }
            return value
        },
        show: { .scalar(String($0)) })
}

/// The numbers a key takes.
struct Bounds: Sendable {
    let name: String
    let schema: JSON
    let contains: @Sendable (Double) -> Bool

    static func atLeast(_ least: Double) -> Bounds {
        Bounds(name: "at least \(text(least))", schema: ["type": "number", "minimum": .number(least)]) { $0 >= least }
    }
    static func above(_ least: Double) -> Bounds {
        Bounds(name: "above \(text(least))", schema: ["type": "number", "exclusiveMinimum": .number(least)]) {
            $0 > least
        }
    }
    static func from(_ least: Double, to most: Double) -> Bounds {
        Bounds(
            name: "from \(text(least)) to \(text(most))",
            schema: ["type": "number", "minimum": .number(least), "maximum": .number(most)]
        ) { $0 >= least && $0 <= most }
    }
    static func from(_ least: Double, below end: Double) -> Bounds {
        Bounds(
            name: "at least \(text(least)) and below \(text(end))",
            schema: ["type": "number", "minimum": .number(least), "exclusiveMaximum": .number(end)]
        ) { $0 >= least && $0 < end }
    }
    static func above(_ least: Double, upTo most: Double) -> Bounds {
        Bounds(
            name: "above \(text(least)), at most \(text(most))",
            schema: ["type": "number", "exclusiveMinimum": .number(least), "maximum": .number(most)]
        ) { $0 > least && $0 <= most }
    }

    /// Shortest text that reads back as the same number, without a superfluous ".0".
    static func text(_ value: Double) -> String {
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}

extension Kind where Value == Double {
    static func number(_ bounds: Bounds) -> Kind {
        Kind(
            name: "a number \(bounds.name)", schema: bounds.schema,
            read: { tree throws(Mismatch) in
                guard let value = tree.plain.flatMap(decimal), bounds.contains(value) else { throw Mismatch() }
                return value
            },
            show: { .scalar(Bounds.text($0)) })
    }

    /// Decimal notation only: no hexadecimal, no `nan`, no `inf`, and -0 is 0.
    private static func decimal(_ text: String) -> Double? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }),
            let value = Double(text), value.isFinite
        else { return nil }
        return value == 0 ? 0 : value
    }
}
