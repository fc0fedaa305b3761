/// Writing. Equal values give equal text: object order is kept, doubles take the shortest form that reads back the same.
extension JSON {
    /// Compact text on one line. JSON has no NaN and no infinity: they become `null`.
    public func serialized() -> String {
        var writer = JSONWriter()
        writer.write(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Text for people: two spaces a level.
    public var pretty: String {
        var writer = JSONWriter(isPretty: true)
        writer.write(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension JSON: CustomStringConvertible {
    /// Compact text.
    public var description: String { serialized() }
}

private struct JSONWriter {
    var bytes: [UInt8] = []
    var isPretty = false
    private var level = 0

    init(isPretty: Bool = false) { self.isPretty = isPretty }

    mutating func write(_ value: JSON) {
        switch value {
        case .null: put("null")
        case .bool(let value): put(value ? "true" : "false")
        case .integer(let value): put(String(value))
        case .number(let value): put(value.isFinite ? value.description : "null")
        case .string(let value): write(value)
        case .array(let values):
            list("[", "]", values) { writer, value in writer.write(value) }
        case .object(let object):
            list("{", "}", object) { writer, entry in
                writer.write(entry.key)
                writer.put(writer.isPretty ? ": " : ":")
                writer.write(entry.value)
            }
        }
    }

    private mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func list<Items: Sequence>(
        _ open: String, _ close: String, _ items: Items, _ body: (inout JSONWriter, Items.Element) -> Void
    ) {
        put(open)
        level += 1
        var isEmpty = true
        for item in items {
            if !isEmpty { put(",") }
            isEmpty = false
            newLine()
            body(&self, item)
        }
        level -= 1
        if !isEmpty { newLine() }
        put(close)
    }

    private mutating func newLine() {
        guard isPretty else { return }
        bytes.append(0x0A)
        bytes.append(contentsOf: repeatElement(0x20, count: 2 * level))
    }

    private mutating func write(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): put("\\\"")
            case UInt8(ascii: "\\"): put("\\\\")
            case 0x08: put("\\b")
            case 0x0C: put("\\f")
            case 0x0A: put("\\n")
            case 0x0D: put("\\r")
            case 0x09: put("\\t")
            case 0..<0x20: put("\\u00" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16))
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
