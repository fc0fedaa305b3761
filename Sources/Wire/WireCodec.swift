import CWire
import Digests
public import RolloutCore

// A message on the wire is one frame: "RPR1", the CRC32C (RFC 3720) of everything after the header, and one protobuf
// Envelope. TCP's checksum is 16 bits wide and proxies re-compute it; a damaged result must never be taken for a valid one.
// The whole format is proto/README.md.

/// Messages to frames and back.
public struct WireCodec: Sendable {
    /// Version of the protocol spoken here. An envelope with another one is refused with `WireError.otherVersion`.
    public static let protocolVersion: UInt32 = 1
    /// Magic and checksum.
    public static let headerByteCount = 8
    static let magic: [UInt8] = Array("RPR1".utf8)

    /// The bounds both directions keep to.
    public let limits: WireLimits

    /// A codec with these bounds.
    public init(limits: WireLimits = WireLimits()) { self.limits = limits }

    /// The frame of a node's message. Throws when the message breaks a bound.
    public func encode(_ envelope: Envelope<NodeMessage>) throws(WireError) -> [UInt8] {
        try envelope.message.check(limits)
        let arena = unsafe Arena(budget: .max)
        return try unsafe frame(arena, head: Head(envelope)) { message in
            unsafe arena.body(envelope.message, of: &message)
        }
    }

    /// The frame of a coordinator's message. Throws when the message breaks a bound.
    public func encode(_ envelope: Envelope<CoordinatorMessage>) throws(WireError) -> [UInt8] {
        try envelope.message.check(limits)
        let arena = unsafe Arena(budget: .max)
        return try unsafe frame(arena, head: Head(envelope)) { message in
            unsafe arena.body(envelope.message, of: &message)
        }
    }

    /// The node's message in a frame. Throws for anything that is not exactly one.
    public func decodeNodeMessage(_ frame: [UInt8]) throws(WireError) -> Envelope<NodeMessage> {
        try unsafe decode(frame) { (message) throws(WireError) in
            let value = try unsafe readNodeMessage(message)
            try value.check(limits)
            return value
        }
    }

    /// The coordinator's message in a frame. Throws for anything that is not exactly one.
    public func decodeCoordinatorMessage(_ frame: [UInt8]) throws(WireError) -> Envelope<CoordinatorMessage> {
        try unsafe decode(frame) { (message) throws(WireError) in
            let value = try unsafe readCoordinatorMessage(message)
            try value.check(limits)
            return value
        }
    }
}

/// An envelope without its message.
private struct Head {
    var run: Digest
    var term: Term
    var incarnation: Incarnation
    var sequence: UInt64

    init<Message>(_ envelope: Envelope<Message>) {
        run = envelope.run
        term = envelope.term
        incarnation = envelope.incarnation
        sequence = envelope.sequence
    }
}

extension WireCodec {
    private func frame(
        _ arena: Arena, head: Head, _ body: (inout Reprise__V1__Envelope) -> Void
    ) throws(WireError) -> [UInt8] {
        let envelope = unsafe arena.make(reprise__v1__envelope__init) { message in
            unsafe message.protocol_version = Self.protocolVersion
            unsafe message.run = arena.digest(head.run)
            unsafe message.term = head.term.rawValue
            unsafe message.incarnation = head.incarnation.rawValue
            unsafe message.sequence = head.sequence
            unsafe body(&message)
        }
        let count = unsafe Self.headerByteCount + reprise__v1__envelope__get_packed_size(envelope)
        guard count <= limits.frameByteCount else {
            throw .tooLong(byteCount: count, limit: limits.frameByteCount)
        }
        var frame = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            guard let start = buffer.baseAddress else { return }
            unsafe buffer.initialize(repeating: 0)
            _ = unsafe reprise__v1__envelope__pack(envelope, start + Self.headerByteCount)
            initialized = count
        }
        let checksum = Self.checksum(frame)
        for index in 0..<4 {
            frame[index] = Self.magic[index]
            frame[4 + index] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * index))
        }
        return frame
    }

    private func decode<Message>(
        _ frame: [UInt8], _ read: (UnsafeMutablePointer<Reprise__V1__Envelope>) throws(WireError) -> Message
    ) throws(WireError) -> Envelope<Message> {
        guard frame.count >= Self.headerByteCount else { throw .tooShort(byteCount: frame.count) }
        guard frame.count <= limits.frameByteCount else {
            throw .tooLong(byteCount: frame.count, limit: limits.frameByteCount)
        }
        guard frame.prefix(4).elementsEqual(Self.magic) else { throw .notAFrame }
        let stated = frame[4..<8].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard stated == Self.checksum(frame) else { throw .corrupt }

        let arena = unsafe Arena(budget: limits.unpackedBase + limits.unpackedFactor * frame.count)
        let unpacked = unsafe arena.withAllocator { allocator in
            unsafe frame.withUnsafeBufferPointer { buffer in
                unsafe reprise__v1__envelope__unpack(
                    allocator, buffer.count - Self.headerByteCount,
                    buffer.baseAddress.map { unsafe $0 + Self.headerByteCount })
            }
        }
        // The arena must outlive every read of what lies in it.
        defer { unsafe extendLifetime(arena) }
        guard let message = unsafe unpacked else { throw .malformed }
        let incarnation = unsafe Incarnation(rawValue: message.pointee.incarnation)
        guard unsafe message.pointee.protocol_version == Self.protocolVersion else {
            throw unsafe .otherVersion(message.pointee.protocol_version, incarnation)
        }
        return try unsafe Envelope(
            run: readDigest(message.pointee.run, "Envelope.run"),
            term: Term(rawValue: message.pointee.term), incarnation: incarnation,
            sequence: message.pointee.sequence, message: read(message))
    }

    /// Of everything after the header.
    static func checksum(_ frame: [UInt8]) -> UInt32 {
        unsafe CRC32C.checksum(frame.span.bytes.extracting(droppingFirst: headerByteCount))
    }
}
