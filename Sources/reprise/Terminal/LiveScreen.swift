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
            let shown = Self.fitted(lines, columns: width, rows: TerminalSize.rows ?? .max)
            var text = drawn > 0 ? "\u{1B}[\(drawn)A" : ""
            for line in shown { text += "\r\u{1B}[2K" + line + "\n" }
            if drawn > shown.count { text += "\u{1B}[J" }
            write(text)
            drawn = shown.count
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

    /// Columns there are.
    var width: Int { isTerminal ? TerminalSize.columns ?? 100 : .max }

    /// What of the lines has room: the cursor cannot go back to one that was scrolled away. The first line, which names the
    /// whole, and the last ones.
    static func fitted(_ lines: [String], columns: Int, rows: Int) -> [String] {
        // The cursor stands on a line of its own below.
        let room = max(2, rows - 1)
        let kept = lines.count <= room ? lines : lines.prefix(1) + lines.suffix(room - 1)
        return kept.map { $0.count <= columns ? $0 : $0.prefix(max(1, columns - 1)) + "…" }
    }
}
