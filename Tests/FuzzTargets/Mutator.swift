/// Changes inputs as fuzzers do, but the same way for the same seed: flips, odd bytes, cuts, repeats, numbers at the edges
/// of their range, and pieces of other inputs.
public struct Mutator {
    private var state: UInt64

    /// The stream of a seed.
    public init(seed: UInt64) { state = seed }

    /// SplitMix64.
    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    private mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }

    /// A changed input of at most about twice the size.
    public mutating func mutate(_ inputs: [[UInt8]]) -> [UInt8] {
        guard !inputs.isEmpty else { return [] }
        var bytes = inputs[below(inputs.count)]
        for _ in 0...below(4) { change(&bytes, inputs[below(inputs.count)]) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8], _ other: [UInt8]) {
        // Heads of files decide most: half of the changes strike there.
        let reach = below(2) == 0 ? min(bytes.count, 64) : bytes.count
        let place = below(reach)
        let end = min(bytes.count, place + 1 + below(16))
        switch below(8) {
        case 0 where !bytes.isEmpty: bytes[place] ^= 1 << UInt8(below(8))
        case 1 where !bytes.isEmpty: bytes[place] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF, 0x22, 0x7B][below(8)]
        case 2 where !bytes.isEmpty: bytes.removeSubrange(place..<end)
        case 3: bytes.removeLast(below(bytes.count))
        case 4: bytes.insert(contentsOf: (0..<below(9)).map { _ in UInt8(truncatingIfNeeded: next()) }, at: place)
        case 5 where !bytes.isEmpty: bytes.insert(contentsOf: bytes[place..<end], at: place)
        case 6 where bytes.count >= 4: number(&bytes, at: min(place, bytes.count - 4))
        default:
            let from = below(other.count)
            bytes.insert(contentsOf: other[from..<min(other.count, from + below(64))], at: place)
        }
    }

    /// A little-endian number that breaks sums and products of sizes.
    private mutating func number(_ bytes: inout [UInt8], at place: Int) {
        let value = [UInt32.max, .max >> 1, 1 << 31, 0, 1, UInt32(bytes.count), 1 << 16][below(7)]
        for index in 0..<4 { bytes[place + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * index)) }
    }
}
