/// Something a person has to mend: one sentence and the exit status that goes with it.
struct Failure: Error, CustomStringConvertible {
    let status: ExitStatus
    let description: String

    init(_ status: ExitStatus, _ description: String) {
        self.status = status
        self.description = description
    }
}

/// Exit statuses, after sysexits.h where it has one.
enum ExitStatus: Int32, CaseIterable {
    case done = 0
    /// EX_USAGE.
    case usage = 64
    /// EX_DATAERR.
    case data = 65
    /// EX_NOINPUT.
    case missing = 66
    /// EX_UNAVAILABLE.
    case unavailable = 69
    /// EX_SOFTWARE.
    case broken = 70
    /// EX_CANTCREAT.
    case output = 73
    /// EX_TEMPFAIL.
    case drained = 75
    /// EX_NOPERM.
    case refused = 77
    /// EX_CONFIG.
    case configuration = 78
    case halted = 79

    /// As `reprise --help` has it.
    private var meaning: String {
        switch self {
        case .done: "what was asked for is done; a node: its coordinator told it to go"
        case .usage: "a command line that cannot be read"
        case .data: "input that is not what it should be"
        case .missing: "a file or run that is not there"
        case .unavailable: "a port, program or peer that is not available; trying again may help"
        case .broken: "a promise is broken: faults changed what was learned, or an invariant"
        case .output: "an output that cannot be written, or must not be overwritten"
        case .drained: "stopped before the end; it can go on"
        case .refused: "refused by the coordinator: key, version, arithmetic, run or reward"
        case .configuration: "a configuration that cannot be used"
        case .halted: "the run stands still until a person looks after it"
        }
    }

    /// All of them for people, a line each.
    static var table: String {
        allCases.map { "  \($0.rawValue)\($0 == .done ? " " : "")  \($0.meaning)" }.joined(separator: "\n")
    }
}
