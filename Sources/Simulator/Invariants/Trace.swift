import RolloutCore

/// What happened, in order: a running hash that two runs of one seed must share, and lines for a person who asks for them.
struct Trace {
    private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    private let tell: ((String) -> Void)?

    init(_ tell: ((String) -> Void)?) { self.tell = tell }

    var isTold: Bool { tell != nil }

    mutating func mix(_ values: UInt64...) {
        for value in values { hash = (hash ^ value) &* 0x100_0000_01B3 ^ hash >> 29 }
    }

    mutating func line(_ time: Nanoseconds, _ text: @autoclosure () -> String) {
        guard let tell else { return }
        let milliseconds = "\(time / 1_000_000 % 1000)"
        let padding = String(repeating: "0", count: 3 - milliseconds.count)
        tell("\(time / 1_000_000_000).\(padding)\(milliseconds)  \(text())")
    }
}
