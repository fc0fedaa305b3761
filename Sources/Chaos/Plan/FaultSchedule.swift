public import Configuration
import RolloutCore

/// A plan with its draws made: what strikes when, and which messages are struck.
///
/// Everything follows from the plan and its seed: injections are a list, and what becomes of a message follows from its
/// number among those of its role and direction. Each fault of the plan has a stream of its own, so that adding one leaves
/// what the others do as it was.
public struct FaultSchedule: Sendable, Equatable {
    /// What strikes processes and connections, and when messages are struck, by time.
    public let injections: [Injection]
    /// When faults end, from the cluster's start.
    public let end: Duration
    private let messages: [MessageFault]

    /// One fault of the plan that strikes messages.
    private struct MessageFault: Sendable, Equatable {
        let fault: FaultPlan.Fault
        /// Begin of its stream.
        let stream: UInt64
        /// When it is on.
        var windows: [Range<Duration>]
    }

    /// Draws.
    public init(_ plan: FaultPlan) {
        let end = Duration.seconds(rounding: plan.storms)
        var injections: [Injection] = []
        var messages: [MessageFault] = []
        for (position, fault) in plan.faults.enumerated() {
            let stream = Self.mix(plan.seed, UInt64(position) + 1)
            let drawn = Self.injections(fault, until: plan.storms, stream)
            injections += drawn
            guard fault.kind.object == .message else { continue }
            let windows = fault.times == .always ? [.zero..<end] : drawn.map { $0.at..<min($0.at + $0.lasting, end) }
            messages.append(MessageFault(fault: fault, stream: stream, windows: windows))
        }
        self.end = end
        self.injections = injections.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
            .map(\.element)
        self.messages = messages
    }

    private static func injections(_ fault: FaultPlan.Fault, until end: Double, _ stream: UInt64) -> [Injection] {
        var random = SplitMix(seed: stream)
        func injection(_ seconds: Double) -> Injection {
            let at = Duration.seconds(rounding: seconds)
            // Messages are struck on the connections of all that the fault names.
            let target = fault.targets[Int(random.unit() * Double(fault.targets.count))]
            let pick = random.unit()
            return Injection(
                at: at, kind: fault.kind, target: target,
                pick: fault.everyone || fault.kind.object == .message ? nil : pick,
                lasting: min(.seconds(rounding: fault.seconds), .seconds(rounding: end) - at), share: fault.share,
                direction: fault.direction)
        }
        guard !fault.targets.isEmpty else { return [] }
        switch fault.times {
        case .always: return []
        case .at(let times): return times.map(injection)
        case .perMinute(let rate):
            // Gaps are even between nothing and twice their mean: no logarithm, so the same numbers everywhere.
            var drawn: [Injection] = []
            var time = random.unit() * 120 / rate
            while time < end {
                drawn.append(injection(time))
                time += max(0.001, random.unit() * 120 / rate)
            }
            return drawn
        }
    }

    /// What becomes of a message: the `number`-th of that role and direction, at that time.
    public func fate(
        of number: UInt64, _ role: FaultTarget, _ direction: FaultDirection, at now: Duration
    ) -> MessageFate {
        var fate = MessageFate()
        guard now < end else { return fate }
        for message in messages {
            let fault = message.fault
            guard fault.targets.contains(role), fault.direction.includes(direction),
                message.windows.contains(where: { $0.contains(now) })
            else { continue }
            let way: UInt64 = direction == .toNode ? 1 : 0
            let place = UInt64(FaultTarget.allCases.firstIndex(of: role) ?? 0) * 2 + way
            var random = SplitMix(seed: Self.mix(Self.mix(message.stream, place), number))
            guard random.unit() < fault.probability else { continue }
            fate.add(fault, &random)
        }
        return fate
    }

    private static func mix(_ seed: UInt64, _ number: UInt64) -> UInt64 {
        var random = SplitMix(seed: seed ^ number &* 0xD1B5_4A32_D192_ED03)
        return random.next()
    }
}

extension SplitMix {
    /// Uniform in [0, 1).
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
}

/// What becomes of one message.
public struct MessageFate: Sendable, Equatable {
    /// It does not arrive.
    public var isLost = false
    /// It arrives twice.
    public var isDoubled = false
    /// The next message overtakes it.
    public var isOvertaken = false
    /// How much later it arrives.
    public var delay = Duration.zero
    /// What is done to its bytes, drawn.
    public var corruption: UInt64?
    /// What struck it, in the plan's order.
    public var kinds: [FaultKind] = []

    fileprivate mutating func add(_ fault: FaultPlan.Fault, _ random: inout SplitMix) {
        // What is lost cannot be struck further.
        guard !isLost, !kinds.contains(fault.kind) else { return }
        kinds.append(fault.kind)
        switch fault.kind {
        case .loss: isLost = true
        case .duplication: isDoubled = true
        case .reordering: isOvertaken = true
        case .delay: delay += .seconds(rounding: random.unit() * 2 * fault.milliseconds / 1000)
        case .corruption: corruption = random.next()
        case .kill, .stop, .slow, .disk, .cut, .reset: break
        }
    }

    /// The message's bytes as they arrive: one bit flipped, or, one time in four, its end missing.
    func bytes(of frame: [UInt8]) -> [UInt8] {
        guard let corruption, !frame.isEmpty else { return frame }
        let place = corruption >> 2
        if corruption & 3 == 0 { return Array(frame.prefix(Int(place % UInt64(frame.count)))) }
        var damaged = frame
        let bit = place % (UInt64(frame.count) * 8)
        damaged[Int(bit / 8)] ^= 1 << UInt8(bit % 8)
        return damaged
    }
}
