import RolloutCore

/// One thing that goes wrong at one time.
struct FaultEvent: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        case clog(node: Int, Nanoseconds)
        case partition(nodes: [Int], toCoordinator: Bool, toNode: Bool, Nanoseconds)
        case reset(Int)
        case nodeCrash(Int)
        case nodePause(Int, Nanoseconds)
        case nodeDrain(Int)
        case coordinatorCrash
        case boundaryCrash(Boundary)
        case coordinatorPause(Nanoseconds)
        case diskFull(Nanoseconds)
        case syncError
        case rotRecord(UInt64)
        case rotBlob(UInt64)
        case wallClockJump(Nanoseconds)
        case stranger(UInt64)
    }

    var time: Nanoseconds
    var faultClass: FaultClass
    var kind: Kind
}

/// Where the coordinator can die around a write.
public enum Boundary: String, CaseIterable, Sendable {
    case beforeJournalWrite, beforeJournalSync, afterJournalSync, beforeBlobWrite, beforeBlobPublish, afterBlobPublish
}

/// Everything that goes wrong in one seed: rates of what strikes messages and tasks, and a list of single events. The list
/// is drawn before the run begins and does not depend on it, so that it can be shortened while the failure stays.
struct FaultPlan: Sendable {
    var classes: Set<FaultClass> = []
    var loss = 0.0
    var duplication = 0.0
    var reordering = 0.0
    /// Mean time of a message on its way.
    var delay: Nanoseconds = .milliseconds(1)
    var bitFlip = 0.0
    var truncation = 0.0
    var systemFailure = 0.0
    var falseAlarm = 0.0
    /// Share of nodes that are stragglers.
    var stragglers = 0.0
    var events: [FaultEvent] = []
    /// How long a dead process takes to be back; `nil` draws it.
    var restart: Nanoseconds?
    /// When everything stops going wrong.
    var end: Nanoseconds = 0

    func has(_ faultClass: FaultClass) -> Bool { classes.contains(faultClass) }

    /// Nothing goes wrong.
    static let none = FaultPlan()

    /// - Parameter only: Classes that may be on; the others stay off without changing what these do.
    static func drawn(seed: UInt64, nodes: Int, only: Set<FaultClass> = Set(FaultClass.allCases)) -> FaultPlan {
        var random = SplitMix(seed: seed, stream: 1)
        var plan = FaultPlan()
        plan.end = .seconds(random.whole(15...60))
        for faultClass in FaultClass.allCases {
            var own = SplitMix(seed: seed, stream: 100 + UInt64(faultClass.position))
            if own.happens(0.7), only.contains(faultClass) { plan.add(faultClass, nodes: nodes, &own) }
        }
        plan.events.sort { ($0.time, $0.faultClass) < ($1.time, $1.faultClass) }
        return plan
    }

    private mutating func add(_ faultClass: FaultClass, nodes: Int, _ random: inout SplitMix) {
        classes.insert(faultClass)
        switch faultClass {
        case .loss: loss = random.real(0...0.3)
        case .duplication: duplication = random.real(0...0.5)
        case .reordering: reordering = random.real(0...0.5)
        case .delay: delay = .milliseconds(random.whole(30...100))
        case .bitFlip: bitFlip = random.real(0...0.05)
        case .truncation: truncation = random.real(0...0.05)
        case .systemFailure: systemFailure = random.real(0...0.1)
        case .falseAlarm: falseAlarm = random.real(0...0.1)
        case .straggler: stragglers = random.real(0.05...0.3)
        case .lostTail, .clockDrift, .tinyQueues, .tinyChunks, .earlyTimers: break
        default: schedule(faultClass, nodes: nodes, &random)
        }
    }

    /// Looks every half second whether the class strikes.
    private mutating func schedule(_ faultClass: FaultClass, nodes: Int, _ random: inout SplitMix) {
        let rate = random.real(0.002...faultClass.highestRate)
        for time in stride(from: 0, to: end, by: 500_000_000) where random.happens(rate) {
            let moment = time + random.whole(0...499_999_999)
            for kind in Self.kinds(faultClass, nodes: nodes, &random) {
                events.append(FaultEvent(time: moment, faultClass: faultClass, kind: kind))
            }
        }
    }

    private static func kinds(
        _ faultClass: FaultClass, nodes: Int, _ random: inout SplitMix
    ) -> [FaultEvent.Kind] {
        let span = random.whole(500_000_000...9_000_000_000)
        let node = random.index(nodes)
        let some = random.shuffle(Array(0..<nodes)).prefix(1 + random.index(nodes))
        switch faultClass {
        case .clog: return [.clog(node: node, span)]
        case .partition: return [.partition(nodes: some.sorted(), toCoordinator: true, toNode: true, span)]
        case .oneWayPartition:
            let outward = random.happens(0.5)
            return [.partition(nodes: some.sorted(), toCoordinator: outward, toNode: !outward, span)]
        case .swizzle: return some.map { .clog(node: $0, random.whole(500_000_000...9_000_000_000)) }
        case .reset: return [.reset(node)]
        case .nodeCrash: return [.nodeCrash(node)]
        case .nodePause: return [.nodePause(node, random.happens(0.1) ? span * 8 : span * 2)]
        case .nodeDrain: return [.nodeDrain(node)]
        case .coordinatorCrash: return [.coordinatorCrash]
        case .boundaryCrash: return [.boundaryCrash(random.pick(Boundary.allCases))]
        case .coordinatorPause: return [.coordinatorPause(span)]
        case .diskFull: return [.diskFull(span)]
        case .syncError: return [.syncError]
        case .bitRot: return [random.happens(0.7) ? .rotRecord(random.next()) : .rotBlob(random.next())]
        case .wallClockJump: return [.wallClockJump(random.whole(-262_000_000_000...262_000_000_000))]
        case .stranger: return [.stranger(random.next())]
        default: return []
        }
    }
}

extension FaultClass {
    /// Highest chance of striking in half a second.
    fileprivate var highestRate: Double {
        switch self {
        case .clog, .partition, .oneWayPartition, .swizzle: 0.03
        case .reset, .nodeCrash: 0.1
        case .nodePause, .nodeDrain: 0.04
        case .coordinatorCrash, .coordinatorPause: 0.04
        case .boundaryCrash: 0.1
        case .diskFull, .syncError, .bitRot: 0.02
        case .wallClockJump: 0.1
        case .stranger: 0.3
        default: 0
        }
    }
}
