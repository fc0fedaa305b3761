/// Differences of bit patterns, counted in units in the last place, and the order that groups them by exponent.
struct UlpSteps<Bits: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable> {
    /// Bits of the mantissa: what lies above them, without the sign, is the exponent.
    let mantissaBits: Int

    private static var sign: Bits { 1 << (Bits.bitWidth - 1) }

    /// A bijection to unsigned integers in the order of the floats: −0 and +0 are neighbours, negative numbers descend.
    @inline(__always)
    private static func ordered(_ bits: Bits) -> Bits {
        bits & sign != 0 ? ~bits : bits | sign
    }

    @inline(__always)
    private static func bits(_ ordered: Bits) -> Bits {
        ordered & sign != 0 ? ordered & ~sign : ~ordered
    }

    /// Sign in the lowest bit: 0, −1, 1, −2 … become 0, 1, 2, 3 …
    @inline(__always)
    static func step(from old: Bits, to new: Bits) -> Bits {
        let difference = ordered(new) &- ordered(old)
        return difference << 1 ^ (difference & sign != 0 ? .max : 0)
    }

    @inline(__always)
    static func apply(_ step: Bits, to old: Bits) -> Bits {
        let difference = step >> 1 ^ (step & 1 != 0 ? .max : 0)
        return bits(ordered(old) &+ difference)
    }

    @inline(__always)
    private func group(_ bits: Bits) -> Int {
        Int(truncatingIfNeeded: (bits & ~Self.sign) >> mantissaBits)
    }

    /// Positions by exponent ascending, within an exponent by position: a counting sort.
    @specialized(where Bits == UInt16)
    @specialized(where Bits == UInt32)
    func groupedOrder(_ base: [Bits]) -> [UInt32] {
        var starts = [Int](repeating: 0, count: 257)
        for bits in base { starts[group(bits) + 1] += 1 }
        for index in 1..<starts.count { starts[index] += starts[index - 1] }
        var order = [UInt32](repeating: 0, count: base.count)
        for (position, bits) in base.enumerated() {
            let group = group(bits)
            order[starts[group]] = UInt32(truncatingIfNeeded: position)
            starts[group] += 1
        }
        return order
    }

    /// Steps in the order given.
    @specialized(where Bits == UInt16)
    @specialized(where Bits == UInt32)
    static func steps(from base: [Bits], to new: [Bits], in order: [UInt32]) -> [Bits] {
        order.map { step(from: base[Int($0)], to: new[Int($0)]) }
    }

    /// The base with steps applied that are in the order given. Counts agree.
    @specialized(where Bits == UInt16)
    @specialized(where Bits == UInt32)
    static func apply(_ steps: [Bits], in order: [UInt32], to base: [Bits]) -> [Bits] {
        var result = base
        for (step, position) in zip(steps, order) where step != 0 {
            result[Int(position)] = apply(step, to: base[Int(position)])
        }
        return result
    }

    /// Bytes of equal significance together, lowest first.
    @specialized(where Bits == UInt16)
    @specialized(where Bits == UInt32)
    static func planes(_ values: [Bits], into bytes: inout [UInt8]) {
        bytes.reserveCapacity(bytes.count + values.count * Bits.bitWidth / 8)
        for shift in stride(from: 0, to: Bits.bitWidth, by: 8) {
            bytes += values.map { UInt8(truncatingIfNeeded: $0 >> shift) }
        }
    }

    /// The inverse of `planes`: `count` values from byte `start` on, which the caller has checked to be there.
    @specialized(where Bits == UInt16)
    @specialized(where Bits == UInt32)
    static func values(_ bytes: [UInt8], from start: Int, count: Int) -> [Bits] {
        var values = [Bits](repeating: 0, count: count)
        for plane in 0..<Bits.bitWidth / 8 {
            let first = start + plane * count
            for index in 0..<count { values[index] |= Bits(bytes[first + index]) << (8 * plane) }
        }
        return values
    }
}
