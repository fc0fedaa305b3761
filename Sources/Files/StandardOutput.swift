import CLinux

/// What was printed and is still on its way to standard output.
public enum StandardOutput {
    /// Why not all of what was printed got there.
    public enum Loss: Error, Sendable, Equatable {
        /// Whoever read it, as `head` does, has gone away.
        case readerGone
        /// A full disk, for example.
        case unwritable
    }

    /// Hands over the rest; `print` itself reports nothing.
    public static func finish() throws(Loss) {
        switch reprise_finish_standard_output() {
        case 0: return
        case EPIPE: throw .readerGone
        default: throw .unwritable
        }
    }
}
