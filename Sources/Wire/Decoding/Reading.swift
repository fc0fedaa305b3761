import CWire
import Digests
import RolloutCore

// How single fields of unpacked C messages become Swift values. Counts, lengths and ranges of whole messages are checked
// afterwards, on the Swift value, by the same code that checks before encoding.

/// A C message's submessage, which must be there.
func required<Message>(
    _ pointer: UnsafeMutablePointer<Message>?, _ field: String
) throws(WireError) -> UnsafeMutablePointer<Message> {
    guard let pointer = unsafe pointer else { throw .invalid(field: field, problem: "is missing") }
    return unsafe pointer
}

/// The elements of a repeated message field.
func readList<Message, Value>(
    _ list: UnsafeMutablePointer<UnsafeMutablePointer<Message>?>?, _ count: Int, _ field: String,
    _ read: (UnsafeMutablePointer<Message>) throws(WireError) -> Value
) throws(WireError) -> [Value] {
    guard count > 0, let list = unsafe list else { return [] }
    var values: [Value] = []
    values.reserveCapacity(count)
    for index in 0..<count {
        values.append(try unsafe read(required(list[index], field)))
    }
    return values
}

/// The numbers of a packed repeated field.
func readNumbers<Element: BitwiseCopyable>(_ list: UnsafeMutablePointer<Element>?, _ count: Int) -> [Element] {
    unsafe Array(UnsafeBufferPointer(start: list, count: count))
}

func readBytes(_ data: ProtobufCBinaryData) -> [UInt8] {
    unsafe Array(UnsafeBufferPointer(start: data.data, count: data.data == nil ? 0 : data.len))
}

func readDigest(_ data: ProtobufCBinaryData, _ field: String) throws(WireError) -> Digest {
    let buffer = unsafe UnsafeBufferPointer(start: data.data, count: data.data == nil ? 0 : data.len)
    guard let digest = unsafe Digest(bytes: buffer) else {
        throw .invalid(field: field, problem: "is not a digest of 32 bytes")
    }
    return digest
}

/// Text of a model or of the data: any UTF-8.
func readText(_ data: ProtobufCBinaryData, _ field: String) throws(WireError) -> String {
    let buffer = unsafe UnsafeBufferPointer(start: data.data, count: data.data == nil ? 0 : data.len)
    guard let text = unsafe String(validating: buffer, as: UTF8.self) else {
        throw .invalid(field: field, problem: "is not valid UTF-8")
    }
    return text
}

/// An explanation: short, and without control characters, for it reaches terminals and logs.
func readSentence(_ data: ProtobufCBinaryData, _ field: String) throws(WireError) -> String {
    let sentence = try unsafe readText(data, field)
    guard sentence.utf8.count <= WireLimits.sentenceByteCount,
        sentence.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
    else { throw .invalid(field: field, problem: "is too long, or holds a control character") }
    return sentence
}

/// A role, reason, kind … by its number; zero and unknown numbers are refused.
func readEnum<Value: RawRepresentable>(
    _ rawValue: UInt32, _ field: String
) throws(WireError) -> Value where Value.RawValue == UInt8 {
    guard let small = UInt8(exactly: rawValue), let value = Value(rawValue: small) else {
        throw .invalid(field: field, problem: "has the unknown value \(rawValue)")
    }
    return value
}

func readDuration(_ nanoseconds: UInt64) -> Duration {
    let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    return Duration(secondsComponent: Int64(clamping: seconds), attosecondsComponent: Int64(rest) * 1_000_000_000)
}
