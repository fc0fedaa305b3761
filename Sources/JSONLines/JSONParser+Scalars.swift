/// Text and numbers.
extension JSONParser {
    /// The text from the opening quote here; most text has no escape and is taken whole.
    mutating func string() throws(JSONError) -> String {
        let opening = position
        position += 1
        var run = position
        var unescaped: [UInt8] = []
        while position < end {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                let tail = bytes[run..<position]
                position += 1
                if unescaped.isEmpty { return try text(tail, from: opening) }
                return try text((unescaped + tail)[...], from: opening)
            case UInt8(ascii: "\\"):
                unescaped += bytes[run..<position]
                try escape(into: &unescaped)
                run = position
            case 0..<0x20: throw error("a control character inside a string must be escaped")
            default: position += 1
            }
        }
        throw error("a string is not closed", at: opening)
    }

    private func text(_ content: ArraySlice<UInt8>, from opening: Int) throws(JSONError) -> String {
        guard let text = String(validating: content, as: UTF8.self) else {
            throw error("a string is not valid UTF-8", at: opening)
        }
        return text
    }

    private mutating func escape(into content: inout [UInt8]) throws(JSONError) {
        let backslash = position
        position += 2
        switch backslash + 1 < end ? bytes[backslash + 1] : 0 {
        case UInt8(ascii: "\""): content.append(UInt8(ascii: "\""))
        case UInt8(ascii: "\\"): content.append(UInt8(ascii: "\\"))
        case UInt8(ascii: "/"): content.append(UInt8(ascii: "/"))
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"):
            guard let scalar = try unicodeScalar(backslash) else {
                throw error("an escaped surrogate has no partner", at: backslash)
            }
            content += Array(String(Character(scalar)).utf8)
        default: throw error("an unknown escape", at: backslash)
        }
    }

    /// One `\uXXXX`, or two that form a surrogate pair; nil for a surrogate alone.
    private mutating func unicodeScalar(_ backslash: Int) throws(JSONError) -> Unicode.Scalar? {
        let first = try fourHexDigits(backslash)
        guard (0xD800..<0xDC00).contains(first) else { return Unicode.Scalar(first) }
        guard bytes[position..<end].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else { return nil }
        position += 2
        let second = try fourHexDigits(backslash)
        guard (0xDC00..<0xE000).contains(second) else { return nil }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    }

    private mutating func fourHexDigits(_ backslash: Int) throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            let digit = current
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(digit - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(digit - UInt8(ascii: "A") + 10)
            default: throw error("\\u needs four hexadecimal digits", at: backslash)
            }
            position += 1
        }
        return value
    }

    mutating func number() throws(JSONError) -> JSON {
        let first = position
        if current == UInt8(ascii: "-") { position += 1 }
        let whole = position
        let wholeDigits = skipDigits()
        guard wholeDigits > 0, wholeDigits == 1 || bytes[whole] != UInt8(ascii: "0") else {
            throw error(wholeDigits > 0 ? "a number starts with a zero" : "a digit is missing", at: first)
        }
        var isWhole = true
        if current == UInt8(ascii: ".") {
            isWhole = false
            position += 1
            guard skipDigits() > 0 else { throw error("a digit is missing after the point") }
        }
        if current | 0x20 == UInt8(ascii: "e") {
            isWhole = false
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            guard skipDigits() > 0 else { throw error("a digit is missing in the exponent") }
        }
        if isWhole, let integer = integer(first..<position) { return .integer(integer) }
        let text = String(decoding: bytes[first..<position], as: UTF8.self)
        guard let value = Double(text), value.isFinite else { throw error("a number is out of range", at: first) }
        return .number(value)
    }

    private mutating func skipDigits() -> Int {
        let first = position
        while position < end, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) { position += 1 }
        return position - first
    }

    /// Nil when 64 bits do not hold it, or when it is -0, which only a double can keep.
    private func integer(_ range: Range<Int>) -> Int64? {
        let isNegative = bytes[range.lowerBound] == UInt8(ascii: "-")
        var value: Int64 = 0
        for byte in bytes[range] where byte != UInt8(ascii: "-") {
            let digit = Int64(byte - UInt8(ascii: "0"))
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(isNegative ? -digit : digit)
            if overflow || carry { return nil }
            value = sum
        }
        return isNegative && value == 0 ? nil : value
    }
}
