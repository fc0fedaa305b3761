import Files

/// A program that is run to its end on the calling thread: how it ended, and what it said last.
enum ProgramRun {
    /// How it ended.
    enum Ending: Equatable {
        case finished
        /// With another status than 0, by a signal, or with a line that is too long: the end of a sentence.
        case failed(String)
        /// It was still running when its time was over.
        case timedOut
        /// Nobody wants its result any more.
        case cancelled
    }

    /// How long a cancelled program may go on before that is noticed.
    private static let glance = Duration.milliseconds(200)

    /// - Parameters:
    ///   - line: takes each line of standard output; false ends the program.
    /// - Returns: the ending, and the end of what the program wrote to standard error as the end of a sentence.
    /// - Throws: `FileError` when it cannot be started.
    static func run(
        _ words: [String], directory: String? = nil, limit: Duration, isCancelled: () -> Bool,
        line: (ArraySlice<UInt8>) -> Bool = { _ in true }
    ) throws(FileError) -> (ending: Ending, lastWords: String) {
        let process = try LineProcess(words, directory: directory)
        defer { process.end() }
        let deadline = ContinuousClock.now + limit
        while true {
            let ending = process.exchange([], until: min(deadline, .now + glance)) { !line($0) }
            switch ending {
            case .timedOut:
                if isCancelled() { return (.cancelled, "") }
                if ContinuousClock.now >= deadline { return (.timedOut, process.lastWords) }
            case .exited(0): return (.finished, "")
            case .enough, .exited, .signalled, .lineTooLong: return (.failed("\(ending)"), process.lastWords)
            }
        }
    }
}

extension LineProcess {
    /// The end of what the program wrote to standard error, in one line, as the end of a sentence about it; empty when it
    /// wrote nothing.
    var lastWords: String {
        let lines = errorTail.split(whereSeparator: \.isNewline).map { line in
            String(line.map { $0.isASCII && ($0.asciiValue ?? 0) < 0x20 ? " " : $0 })
        }
        let text = lines.suffix(4).joined(separator: " | ").suffix(400)
        return text.isEmpty ? "" : "; its last words: \(text)"
    }
}
