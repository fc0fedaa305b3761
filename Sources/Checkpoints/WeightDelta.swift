public import Digests

/// What turns a base checkpoint's weights into another's, without loss.
///
/// A policy is always base + delta, so any node reaches any version in one step. Each tensor takes the cheapest of four
/// encodings; where it is known that it changed by a low-rank product, it takes that one. Those of changed values count in
/// *ulp steps*: bit patterns are mapped so that integer order is the order of the floats, and the wrapped difference is
/// stored with its sign in the lowest bit (zigzag), which makes small changes small numbers. Before that, elements are
/// grouped by the exponent of the base's value, which the receiver has: a step of the optimiser is many ulps of a small
/// weight and no ulp of a large one, so each group has statistics of its own, and the entropy coder adapts to them. Steps
/// are then split into byte planes and compressed by zstd.
///
/// Sources for the idea: PULSE (arXiv 2602.03839) for sparse lossless patches, ZipNN (arXiv 2411.05239) for byte planes.
///
/// Format, integers little-endian:
///
///     "RPDELTA1"                      8 bytes
///     digest of the base's weights    32 bytes
///     digest of the result's weights  32 bytes
///     number of tensors               u32
///     for each tensor, by name:
///         name                        u16 length, UTF-8
///         element type                u8: 0 float32, 1 bfloat16, 2 float16
///         encoding                    u8: 0 unchanged, 1 sparse, 2 dense, 3 full, 4 low rank
///         elements, changed elements  u64, u64
///         payload's size              u64
///     the payloads, one after the other, to the end
///
/// - unchanged: no payload.
/// - sparse: u64 size of the gaps, then zstd of gaps and steps. Gaps: for each changed element, in grouped order, the number of
///   unchanged ones before it; a byte 255 stands for 255 unchanged elements and no changed one. Steps: those of the changed
///   elements, in byte planes, lowest byte first.
/// - dense: zstd of the steps of all elements, in grouped order, in byte planes.
/// - full: zstd of the new bit patterns, in their own order, in byte planes.
/// - low rank: u32 rank, u8 encoding of the steps, u64 steps that are not 0, u64 size of the factors; zstd of the factors as
///   float32 in byte planes, rows × rank and rank × columns; then a payload of that encoding with the steps from base +
///   product to the result. The product is `LowRankChange`'s, rounded to the element type.
///
/// Grouped order: by the 8 (float16: 5) exponent bits of the base's value ascending, within a group by position.
///
/// Nothing is allocated by a declared size before it has been compared with the base. Applying checks the base's digest
/// first and the result's digest last, and never touches the base.
public struct WeightDelta: Sendable {
    /// How one tensor is stored.
    public enum Encoding: UInt8, Sendable, CaseIterable {
        case unchanged = 0
        case sparse = 1
        case dense = 2
        case full = 3
        case lowRank = 4
    }

    /// One tensor's part.
    public struct Entry: Sendable, Equatable {
        /// The tensor's name.
        public let name: String
        /// The result's element type.
        public let elementType: ElementType
        /// How it is stored.
        public let encoding: Encoding
        /// Elements of the tensor.
        public let count: Int
        /// Elements whose bits differ from the base's.
        public let changed: Int
        /// Its bytes in the delta.
        let payload: Range<Int>
        /// Size of its bytes in the delta.
        public var byteCount: Int { payload.count }
    }

    static let magic = Array("RPDELTA1".utf8)

    /// The whole delta as it is stored and sent.
    public let bytes: [UInt8]
    /// Digest of the weights it applies to.
    public let base: Digest
    /// Digest of the weights it makes.
    public let result: Digest
    /// By tensor name.
    public let entries: [Entry]

    /// Reads a delta's header and checks that its parts fill it exactly.
    /// - Throws: `CheckpointError`.
    public init(bytes: [UInt8]) throws(CheckpointError) {
        var reader = ByteReader(bytes, what: "The weight delta")
        guard try reader.take(Self.magic.count).elementsEqual(Self.magic) else {
            throw CheckpointError("This is not a weight delta: it does not begin with \"RPDELTA1\".")
        }
        guard let base = Digest(bytes: try reader.take(32)), let result = Digest(bytes: try reader.take(32)) else {
            throw CheckpointError("The weight delta is damaged: it has no digests.")
        }
        let count = Int(try reader.integer(UInt32.self))
        var parts: [(name: String, type: ElementType, encoding: Encoding, count: Int, changed: Int, size: Int)] = []
        for _ in 0..<count {
            let name = try reader.text()
            guard let type = Self.elementType(try reader.integer(UInt8.self)),
                let encoding = Encoding(rawValue: try reader.integer(UInt8.self))
            else {
                throw CheckpointError("The weight delta is damaged: tensor \(name) has an unknown type or encoding.")
            }
            let (count, changed, size) = (try reader.count(), try reader.count(), try reader.count())
            guard changed <= count, size <= bytes.count else {
                throw CheckpointError("The weight delta is damaged: the sizes of tensor \(name) are impossible.")
            }
            parts.append((name, type, encoding, count, changed, size))
        }
        var entries: [Entry] = []
        for part in parts {
            let start = reader.offset
            _ = try reader.take(part.size)
            entries.append(
                Entry(
                    name: part.name, elementType: part.type, encoding: part.encoding, count: part.count,
                    changed: part.changed, payload: start..<reader.offset))
        }
        guard reader.remaining == 0 else {
            throw CheckpointError("The weight delta is damaged: \(reader.remaining) bytes follow its last tensor.")
        }
        self.bytes = bytes
        self.base = base
        self.result = result
        self.entries = entries
    }

    static func elementType(_ code: UInt8) -> ElementType? {
        switch code {
        case 0: .float32
        case 1: .bfloat16
        case 2: .float16
        default: nil
        }
    }

    static func code(_ type: ElementType) -> UInt8 {
        switch type {
        case .float32: 0
        case .bfloat16: 1
        default: 2
        }
    }
}
