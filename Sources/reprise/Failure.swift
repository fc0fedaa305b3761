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
enum ExitStatus: Int32 {
    /// A command line that cannot be read (EX_USAGE).
    case usage = 64
    /// A rule that must hold does not (EX_SOFTWARE).
    case broken = 70
    /// Input that is not what it should be (EX_DATAERR).
    case data = 65
    /// A file that is not there (EX_NOINPUT).
    case missing = 66
    /// A port, a package or a peer that is not available (EX_UNAVAILABLE).
    case unavailable = 69
    /// An output that cannot be written, or must not be overwritten (EX_CANTCREAT).
    case output = 73
    /// Stopped before the end; can go on (EX_TEMPFAIL).
    case drained = 75
    /// Refused by the coordinator: another version, another arithmetic, another run (EX_NOPERM).
    case refused = 77
    /// A configuration that cannot be used (EX_CONFIG).
    case configuration = 78
    /// The run stopped for a person to decide: quarantine, nothing selected, a determinism violation.
    case halted = 79
}
