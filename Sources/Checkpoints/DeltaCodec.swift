import Compression

/// One tensor's bit patterns to a payload and back, in the encodings that `WeightDelta` describes.
struct DeltaCodec<Bits: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable> {
    private typealias Steps = UlpSteps<Bits>

    struct Encoded {
        var encoding: WeightDelta.Encoding
        var changed: Int
        var payload: [UInt8]
    }

    private let steps: UlpSteps<Bits>
    private let name: String
    private static var width: Int { Bits.bitWidth / 8 }
    /// Above this share of changed elements gaps always cost more than zeros.
    private static var largestSparseDensity: Double { 0.25 }

    init(mantissaBits: Int, name: String) {
        steps = UlpSteps(mantissaBits: mantissaBits)
        self.name = name
    }

    // MARK: Encoding

    func encode(base: [Bits], new: [Bits], level: Int) throws -> Encoded {
        let order = steps.groupedOrder(base)
        let grouped = Steps.steps(from: base, to: new, in: order)
        let changed = grouped.reduce(0) { $0 + ($1 == 0 ? 0 : 1) }
        if changed == 0 { return Encoded(encoding: .unchanged, changed: 0, payload: []) }
        var best = Encoded(encoding: .dense, changed: changed, payload: try Self.compress(grouped, level: level))
        if Double(changed) <= Self.largestSparseDensity * Double(base.count) {
            let sparse = try Self.sparse(grouped, changed: changed, level: level)
            if sparse.count < best.payload.count {
                best = Encoded(encoding: .sparse, changed: changed, payload: sparse)
            }
        }
        if best.payload.count * 2 > new.count * Self.width {
            let full = try Self.compress(new, level: level)
            if full.count < best.payload.count { best = Encoded(encoding: .full, changed: changed, payload: full) }
        }
        return best
    }

    /// All of a tensor that has no counterpart of its type in the base.
    func encodeFull(_ new: [Bits], level: Int) throws -> Encoded {
        Encoded(encoding: .full, changed: new.count, payload: try Self.compress(new, level: level))
    }

    private static func compress(_ values: [Bits], level: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        Steps.planes(values, into: &bytes)
        return try Zstd.compress(bytes, level: level)
    }

    private static func sparse(_ grouped: [Bits], changed: Int, level: Int) throws -> [UInt8] {
        var raw: [UInt8] = []
        var values: [Bits] = []
        values.reserveCapacity(changed)
        var gap = 0
        for step in grouped {
            if step == 0 {
                gap += 1
                if gap == 255 {
                    raw.append(255)
                    gap = 0
                }
            } else {
                raw.append(UInt8(gap))
                values.append(step)
                gap = 0
            }
        }
        var payload: [UInt8] = []
        payload.append(integer: UInt64(raw.count))
        Steps.planes(values, into: &raw)
        payload += try Zstd.compress(raw, level: level)
        return payload
    }

    // MARK: Decoding

    /// - Parameter base: `nil` when the base has another element type; only a full payload can then be read.
    func decode(_ entry: WeightDelta.Entry, _ payload: [UInt8], base: [Bits]?) throws -> [Bits] {
        switch (entry.encoding, base) {
        case (.unchanged, let base?):
            guard payload.isEmpty else { throw damaged("it is unchanged but has a payload") }
            return base
        case (.full, _):
            let raw = try Zstd.decompress(payload, byteCount: entry.count * Self.width)
            return Steps.values(raw, from: 0, count: entry.count)
        case (.dense, let base?):
            let raw = try Zstd.decompress(payload, byteCount: entry.count * Self.width)
            let grouped = Steps.values(raw, from: 0, count: entry.count)
            return Steps.apply(grouped, in: steps.groupedOrder(base), to: base)
        case (.sparse, let base?): return try decodeSparse(entry, payload, base: base)
        case (.lowRank, _): throw damaged("a low-rank product is no encoding of steps")
        case (_, nil): throw damaged("it changes values of another element type than the base's")
        }
    }

    private func decodeSparse(_ entry: WeightDelta.Entry, _ payload: [UInt8], base: [Bits]) throws -> [Bits] {
        var reader = ByteReader(payload, what: "Tensor \(name) of the weight delta")
        let gapCount = try reader.count()
        // A gap byte is a change or 255 unchanged elements.
        guard gapCount <= entry.changed + entry.count / 255 else { throw damaged("it has more gaps than elements") }
        let raw = try Zstd.decompress(
            Array(try reader.take(reader.remaining)), byteCount: gapCount + entry.changed * Self.width)
        let values = Steps.values(raw, from: gapCount, count: entry.changed)
        let order = steps.groupedOrder(base)
        var result = base
        var at = 0
        var next = 0
        for gap in raw[..<gapCount] {
            at += Int(gap)
            if gap == 255 { continue }
            guard at < order.count, next < values.count else { throw damaged("a change lies beyond its end") }
            let position = Int(order[at])
            result[position] = Steps.apply(values[next], to: base[position])
            at += 1
            next += 1
        }
        guard next == values.count else { throw damaged("it has fewer changes than declared") }
        return result
    }

    private func damaged(_ why: String) -> CheckpointError {
        CheckpointError("The weight delta is damaged: tensor \(name): \(why).")
    }
}
