/// A strict recursive-descent parser (RFC 8259): no comments, no trailing commas, no NaN, UTF-8 only, depth at most 128.
extension JSON {
    /// Reads one JSON value and nothing after it.
    public static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSON {
        try parse(bytes, in: bytes.indices)
    }

    /// Reads one JSON value and nothing after it.
    public static func parse(_ text: String) throws(JSONError) -> JSON { try parse(Array(text.utf8)) }

    /// Reads one JSON value that fills the range.
    static func parse(_ bytes: [UInt8], in range: Range<Int>) throws(JSONError) -> JSON {
        var parser = JSONParser(bytes: bytes, range: range)
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.position == range.upperBound else { throw parser.error("something follows the value") }
        return value
    }
}

struct JSONParser {
    let bytes: [UInt8]
    let start: Int
    let end: Int
    var position: Int

    static let depthLimit = 128

    init(bytes: [UInt8], range: Range<Int>) {
        self.bytes = bytes
        start = range.lowerBound
        end = range.upperBound
        position = range.lowerBound
    }

    /// The byte here; 0, which is valid nowhere outside strings, at the end.
    var current: UInt8 { position < end ? bytes[position] : 0 }

    func error(_ reason: String, at offset: Int? = nil) -> JSONError {
        JSONError(reason, at: offset ?? position, in: bytes, from: start)
    }

    mutating func skipSpace() {
        while position < end {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    mutating func value(depth: Int) throws(JSONError) -> JSON {
        guard depth <= Self.depthLimit else { throw error("more than \(Self.depthLimit) levels are nested") }
        skipSpace()
        guard position < end else { throw error("the text ends where a value is expected") }
        switch bytes[position] {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return .object(try object(depth: depth))
        case UInt8(ascii: "["): return .array(try array(depth: depth))
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case 0xEF where bytes[position..<end].starts(with: [0xEF, 0xBB, 0xBF]):
            throw error("a byte order mark is not allowed")
        default: throw error("a value is expected")
        }
    }

    private mutating func word(_ text: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        let word = text.description.utf8
        guard bytes[position..<end].starts(with: word) else { throw error("a value is expected") }
        position += word.count
        return value
    }

    private mutating func array(depth: Int) throws(JSONError) -> [JSON] {
        position += 1
        skipSpace()
        var values: [JSON] = []
        if current == UInt8(ascii: "]") {
            position += 1
            return values
        }
        while true {
            values.append(try value(depth: depth + 1))
            skipSpace()
            switch current {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "]"):
                position += 1
                return values
            default: throw error("a comma or ']' is missing")
            }
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONObject {
        position += 1
        skipSpace()
        var object = JSONObject()
        if current == UInt8(ascii: "}") {
            position += 1
            return object
        }
        while true {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw error("a key in double quotes is expected") }
            let key = try string()
            skipSpace()
            guard current == UInt8(ascii: ":") else { throw error("a colon is missing after the key") }
            position += 1
            object[key] = try value(depth: depth + 1)
            skipSpace()
            switch current {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "}"):
                position += 1
                return object
            default: throw error("a comma or '}' is missing")
            }
        }
    }
}
