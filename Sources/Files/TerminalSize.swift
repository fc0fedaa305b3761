#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The size of the terminal that standard error or standard output is connected to.
public enum TerminalSize {
    /// Character columns, or nil when neither stream is a terminal.
    public static var columns: Int? {
        for descriptor in [STDERR_FILENO, STDOUT_FILENO] {
            var size = winsize()
            if unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        }
        return nil
    }
}
