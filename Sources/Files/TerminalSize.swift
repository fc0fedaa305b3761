#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The size of the terminal that standard error or standard output is connected to.
public enum TerminalSize {
    /// Character columns, or nil when neither stream is a terminal.
    public static var columns: Int? { size.map { Int($0.ws_col) } }

    /// Lines, or nil when neither stream is a terminal, or it does not say.
    public static var rows: Int? { size.flatMap { $0.ws_row > 0 ? Int($0.ws_row) : nil } }

    private static var size: winsize? {
        for descriptor in [STDERR_FILENO, STDOUT_FILENO] {
            var size = winsize()
            if unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return size }
        }
        return nil
    }
}
