import Files
import Foundation

/// Shows the state of something that goes on: on a terminal the same lines redrawn in place, otherwise a plain line now
/// and then.
struct LiveScreen {
    /// Whether lines are redrawn in place.
    let isTerminal: Bool
    private let output: FileHandle
    private var drawn = 0
    private var lastPlain: ContinuousClock.Instant?
    private var lastText = ""

    /// Draws on `output`, standard error by default.
    init(output: FileHandle = .standardError) {
        self.output = output
        isTerminal = isatty(output.fileDescriptor) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    }

    /// Shows `lines` in place of those shown before; where there is no terminal, `plain` at most every ten seconds and
    /// only when it has changed.
    mutating func show(_ lines: [String], plain: String) {
        if isTerminal {
            let width = Self.width
            var text = drawn > 0 ? "\u{1B}[\(drawn)A" : ""
            for line in lines { text += "\r\u{1B}[2K" + String(line.prefix(width)) + "\n" }
            if drawn > lines.count { text += "\u{1B}[J" }
            write(text)
            drawn = lines.count
        } else if plain != lastText {
            let now = ContinuousClock.now
            if let last = lastPlain, last.duration(to: now) < .seconds(10) { return }
            lastPlain = now
            lastText = plain
            write(plain + "\n")
        }
    }

    /// Writes a line that stays, above what is redrawn.
    mutating func note(_ line: String) {
        clear()
        write(line + "\n")
    }

    /// Takes away what is redrawn in place.
    mutating func clear() {
        if drawn > 0 { write("\u{1B}[\(drawn)A\u{1B}[J") }
        drawn = 0
    }

    private func write(_ text: String) {
        try? output.write(contentsOf: Data(text.utf8))
    }

    private static var width: Int { TerminalSize.columns ?? 100 }
}
