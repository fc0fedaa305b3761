import RolloutCore

// Draws. Only additions, multiplications and square roots, so that a seed means the same run on every machine.
extension SplitMix {
    /// The stream of one purpose of a seed, independent of the others.
    init(seed: UInt64, stream: UInt64) {
        self.init(seed: seed &* 0x9E37_79B9_7F4A_7C15 ^ stream &* 0xD1B5_4A32_D192_ED03)
        _ = next()
    }

    /// Uniform in [0, 1).
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    mutating func happens(_ probability: Double) -> Bool { probability > 0 && unit() < probability }

    /// Uniform in the closed range.
    mutating func whole(_ range: ClosedRange<Int64>) -> Int64 {
        let count = UInt64(range.upperBound - range.lowerBound) + 1
        return range.lowerBound + Int64(next().multipliedFullWidth(by: count).high)
    }

    mutating func index(_ count: Int) -> Int { Int(whole(0...Int64(count - 1))) }

    /// One of the elements, which must not be none.
    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[index(elements.count)] }

    mutating func real(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + unit() * (range.upperBound - range.lowerBound)
    }

    mutating func shuffle<Element>(_ elements: [Element]) -> [Element] {
        var elements = elements
        for last in stride(from: elements.count - 1, to: 0, by: -1) { elements.swapAt(last, index(last + 1)) }
        return elements
    }

    /// Exponential with that mean.
    mutating func exponential(mean: Double) -> Double { -Real.log(1 - unit()) * mean }

    /// Standard normal (Marsaglia and Bray's polar method, 1964).
    mutating func normal() -> Double {
        while true {
            let (u, v) = (2 * unit() - 1, 2 * unit() - 1)
            let square = u * u + v * v
            if square > 0, square < 1 { return u * (-2 * Real.log(square) / square).squareRoot() }
        }
    }
}

/// Logarithm and exponential to about nine digits, the same bits everywhere.
enum Real {
    /// For x > 0; log m = 2 artanh((m − 1) / (m + 1)) of the significand m.
    static func log(_ x: Double) -> Double {
        let z = (x.significand - 1) / (x.significand + 1)
        let square = z * z
        var sum = 0.0
        var power = z
        for odd in stride(from: 1.0, through: 19, by: 2) {
            sum += power / odd
            power *= square
        }
        return 2 * sum + Double(x.exponent) * 0.693_147_180_559_945_3
    }

    /// By halving the argument until its Taylor series is short.
    static func exp(_ x: Double) -> Double {
        var small = x
        var halvings = 0
        while abs(small) > 0.1 {
            small /= 2
            halvings += 1
        }
        var term = 1.0
        var sum = 1.0
        for step in stride(from: 1.0, through: 10, by: 1) {
            term *= small / step
            sum += term
        }
        for _ in 0..<halvings { sum *= sum }
        return sum
    }
}
