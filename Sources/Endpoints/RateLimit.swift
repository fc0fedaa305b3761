/// What a response says about how much more may be asked, and when.
///
/// `Retry-After` in seconds (RFC 9110, section 10.2.3; the date form too), `retry-after-ms`, and the `x-ratelimit-*` headers that
/// the OpenAI API and its gateways send: with nothing remaining, requests wait until the reset.
public struct RateLimit: Sendable, Equatable {
    /// The wait the server asks for after a refusal.
    public var retryAfter: Duration?
    /// How long nothing more should be asked, because a limit is used up.
    public var pause: Duration?

    /// Reads the headers of a response.
    ///
    /// - Parameter now: Seconds since 1970, for the date form.
    public init(headers: [String: String], now: Double) {
        func value(_ name: String) -> String? { headers.first { $0.key.lowercased() == name }?.value }
        if let text = value("retry-after-ms"), let number = Double(text), number >= 0, number < 1e12 {
            retryAfter = .milliseconds(Int64(number.rounded(.up)))
        } else {
            retryAfter = value("retry-after").flatMap { Self.seconds($0) ?? Self.date($0).map { max(0, $0 - now) } }
                .map { .milliseconds(Int64(($0 * 1000).rounded(.up))) }
        }
        for kind in ["requests", "tokens"] {
            guard let left = value("x-ratelimit-remaining-\(kind)").flatMap({ Double($0) }), left <= 0,
                let reset = value("x-ratelimit-reset-\(kind)").flatMap(Self.duration)
            else { continue }
            pause = max(pause ?? .zero, reset)
        }
    }

    private static func seconds(_ text: String) -> Double? {
        guard let number = Double(text), number >= 0, number < 1e9 else { return nil }
        return number
    }

    /// `6m0s`, `1.5s`, `20ms`, `1h2m`, or plain seconds.
    static func duration(_ text: String) -> Duration? {
        if let plain = seconds(text) { return .milliseconds(Int64((plain * 1000).rounded(.up))) }
        var total = 0.0
        var number = ""
        var rest = Substring(text)
        guard !rest.isEmpty else { return nil }
        while let character = rest.first {
            if character.isASCII, character.isNumber || character == "." {
                number.append(character)
                rest.removeFirst()
                continue
            }
            let units: [(String, Double)] = [("ms", 1e-3), ("h", 3600), ("m", 60), ("s", 1)]
            guard let value = Double(number), let unit = units.first(where: { rest.hasPrefix($0.0) }) else {
                return nil
            }
            total += value * unit.1
            number = ""
            rest.removeFirst(unit.0.count)
        }
        guard number.isEmpty, total < 1e9 else { return nil }
        return .milliseconds(Int64((total * 1000).rounded(.up)))
    }

    /// Seconds since 1970 of an HTTP date such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func date(_ text: String) -> Double? {
        let parts = text.split(separator: " ")
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard parts.count == 6, parts[5] == "GMT", let day = Int(parts[1]), (1...31).contains(day),
            let month = months.firstIndex(of: String(parts[2])), let year = Int(parts[3]), (1970...9999).contains(year)
        else { return nil }
        let time = parts[4].split(separator: ":").compactMap { Int($0) }
        guard time.count == 3, (0...23).contains(time[0]), (0...59).contains(time[1]), (0...60).contains(time[2]) else {
            return nil
        }
        // Days since 1970 (Hinnant, "chrono-Compatible Low-Level Date Algorithms").
        let shifted = month < 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * ((month + 10) % 12) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return Double(days * 86_400 + time[0] * 3600 + time[1] * 60 + time[2])
    }
}
