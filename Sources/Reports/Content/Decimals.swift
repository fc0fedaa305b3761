import Foundation

/// Numbers as people read them, the same in every locale.
package enum Decimals {
    /// With `digits` decimals.
    package static func text(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-∞" : "∞" }
        return value.formatted(
            .number.precision(.fractionLength(digits)).grouping(.never).locale(Locale(identifier: "en_US_POSIX")))
    }

    /// `1.4 MB`.
    package static func bytes(_ count: UInt64) -> String {
        var value = Double(count)
        var unit = 0
        while value >= 1000, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return unit == 0 ? "\(count) B" : "\(text(value, 1)) \(units[unit])"
    }

    private static let units = ["B", "kB", "MB", "GB", "TB"]

    /// `3.2 s`, `4 min 10 s`, `2 h 5 min`.
    package static func seconds(_ seconds: Double) -> String {
        guard seconds >= 60 else { return "\(text(seconds, 1)) s" }
        let whole = Int(min(seconds, 1e15).rounded())
        return whole < 3600
            ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole % 3600 / 60) min"
    }

    /// A coordinate: one decimal, the shortest form.
    package static func coordinate(_ value: Double) -> String {
        let tenths = Int((max(-1e6, min(1e6, value)) * 10).rounded())
        let sign = tenths < 0 ? "-" : ""
        let (whole, rest) = abs(tenths).quotientAndRemainder(dividingBy: 10)
        return rest == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(rest)"
    }
}
