/// What can go wrong in a simulation. Each class is on in seven seeds of ten, at a rate drawn from the seed.
public enum FaultClass: String, CaseIterable, Sendable, Comparable {
    // Messages
    case loss, duplication, reordering, delay, bitFlip, truncation
    // Links
    case clog, partition, oneWayPartition, swizzle, reset
    // Processes
    case nodeCrash, nodePause, nodeDrain, coordinatorCrash, boundaryCrash, coordinatorPause
    // The coordinator's disk
    case lostTail, diskFull, syncError, bitRot
    // Clocks
    case wallClockJump, clockDrift
    // Tasks
    case straggler, systemFailure, falseAlarm
    // Peers that do not belong
    case stranger
    // The code under test, made uncomfortable
    case tinyQueues, tinyChunks, earlyTimers

    /// In the order of the menu.
    public static func < (a: FaultClass, b: FaultClass) -> Bool { a.position < b.position }

    var position: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// One line for people: what happens.
    public var explanation: String {
        switch self {
        case .loss: "messages are lost, up to 30 %"
        case .duplication: "messages arrive twice, up to 50 %"
        case .reordering: "messages overtake others"
        case .delay: "messages take 30 to 100 ms in the mean, 1 % of them 5 s"
        case .bitFlip: "bits of frames flip, up to 5 %"
        case .truncation: "frames end early, up to 5 %"
        case .clog: "a node's link holds everything back for a while"
        case .partition: "nodes are cut off both ways"
        case .oneWayPartition: "nodes are cut off one way"
        case .swizzle: "links are clogged one by one and released in another order"
        case .reset: "a connection ends on its way, and another begins without its node's knowledge"
        case .nodeCrash: "a node's process dies"
        case .nodePause: "a node's process stands still (SIGSTOP)"
        case .nodeDrain: "a node is asked to leave (SIGTERM)"
        case .coordinatorCrash: "the coordinator dies between two effects"
        case .boundaryCrash: "the coordinator dies around a write of its journal or of a blob"
        case .coordinatorPause: "the coordinator stands still"
        case .lostTail: "a crash takes what was written and not synced, wholly or torn"
        case .diskFull: "the coordinator's disk takes nothing for a while"
        case .syncError: "fsync fails and the kernel drops the pages"
        case .bitRot: "a stored record or blob changes"
        case .wallClockJump: "the wall clock jumps by up to 262 s"
        case .clockDrift: "monotonic clocks run up to 1 % fast or slow"
        case .straggler: "a node computes 20 times slower"
        case .systemFailure: "a node cannot do a task for reasons of its own"
        case .falseAlarm: "a node takes a fault of its own for the task's"
        case .stranger: "noise, forged and foreign messages reach the coordinator"
        case .tinyQueues: "queues, windows and credits are tiny"
        case .tinyChunks: "blobs travel in many small chunks"
        case .earlyTimers: "timers are short, and some fire early"
        }
    }
}
