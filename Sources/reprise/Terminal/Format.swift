import Foundation

/// How numbers are shown to people.
enum Format {
    /// A reward: four decimals.
    static func reward(_ value: Double?) -> String {
        value.map { $0.formatted(.number.precision(.fractionLength(4)).locale(Locale(identifier: "en_US_POSIX"))) }
            ?? "–"
    }

    /// A number with `digits` decimals.
    static func number(_ value: Double, digits: Int = 1) -> String {
        value.formatted(
            .number.precision(.fractionLength(digits)).grouping(.never).locale(Locale(identifier: "en_US_POSIX")))
    }

    /// A byte count: `1.4 MB`.
    static func bytes(_ count: Int) -> String {
        let units = ["B", "kB", "MB", "GB", "TB"]
        var value = Double(count)
        var unit = 0
        while value >= 1000, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return unit == 0 ? "\(count) B" : "\(number(value)) \(units[unit])"
    }

    /// A time span: `3.2 s`, `4 min 10 s`, `2 h 5 min`.
    static func duration(_ span: Duration) -> String {
        let seconds = Double(span.components.seconds) + Double(span.components.attoseconds) / 1e18
        if seconds < 60 { return "\(number(seconds)) s" }
        let whole = Int(seconds.rounded())
        return whole < 3600
            ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole % 3600 / 60) min"
    }

    /// A text in which nothing moves a terminal: control characters are shown as their pictures (␛ for an escape).
    ///
    /// - Parameter isCell: the text stands in a table, where it has one line.
    static func printable(_ text: String, isCell: Bool = false) -> String {
        guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x09 where !isCell, 0x0A where !isCell: result.append(scalar)
            case 0x00..<0x20: result.append(Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}")
            case 0x7F: result.append("\u{2421}")
            case 0x80..<0xA0: result.append("\u{FFFD}")
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// A bar of `width` cells, `fraction` of them filled.
    static func bar(_ fraction: Double, width: Int = 24) -> String {
        let filled = Int((max(0, min(1, fraction)) * Double(width)).rounded(.down))
        return String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    }
}
