#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import Synchronization

/// A program that is spoken to in lines: what is written goes to its standard input, and its standard output is read line by
/// line, both within a deadline. The end of what it wrote to standard error is kept for whoever has to say what went wrong.
///
/// One `poll` loop moves all three streams, so that neither side can block the other on a full pipe (POSIX.1-2017, `poll`,
/// `posix_spawn`). The program runs in a process group of its own, which is killed as a whole.
public final class LineProcess {
    /// How an exchange ended.
    public enum Ending: Sendable, Equatable, CustomStringConvertible {
        /// The reader of lines had enough.
        case enough
        /// The deadline came first; the program still runs.
        case timedOut
        /// The program closed its output by ending with a status.
        case exited(Int32)
        /// The program was ended by a signal.
        case signalled(Int32)
        /// A line is longer than `lineLimit`.
        case lineTooLong

        /// As the end of a sentence about the program.
        public var description: String {
            switch self {
            case .enough: "answered"
            case .timedOut: "did not answer in time"
            case .exited(let status): "ended with status \(status)"
            case .signalled(let signal): "was ended by signal \(signal)"
            case .lineTooLong: "wrote a line longer than \(lineLimit) bytes"
            }
        }
    }

    /// Longest line that is read.
    public static let lineLimit = 1 << 20
    private static let tailLimit = 2000

    private let identifier: pid_t
    private var input: Int32
    private var output: Int32
    private var error: Int32
    private var unread: [UInt8] = []
    private var tail: [UInt8] = []
    private var ending: Ending?

    /// Starts a program; its name is looked for on PATH unless it holds a slash.
    ///
    /// - Parameter directory: where it runs; nil is the current directory.
    /// - Throws: `FileError` when it cannot be started.
    public init(_ words: [String], directory: String? = nil) throws(FileError) {
        guard let name = words.first else { throw FileError(path: "", "A program needs a name.") }
        _ = Self.ignoringBrokenPipes
        // One at a time, or a program started in between would inherit ends of these pipes and keep them open.
        let (pipes, spawned) = try Self.starting.withLock { _ throws(FileError) in
            let pipes = try Pipes()
            let spawned = Self.spawn(words, directory: directory, pipes: pipes)
            pipes.closeTheirs()
            return (pipes, spawned)
        }
        guard spawned.code == 0 else {
            pipes.closeOurs()
            throw FileError(cannot: "start", name, errno: spawned.code)
        }
        identifier = spawned.identifier
        (input, output, error) = (pipes.input.write, pipes.output.read, pipes.error.read)
        for descriptor in [input, output, error] {
            _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        }
    }

    deinit { end() }

    /// What the program wrote last to standard error.
    public var errorTail: String { String(decoding: tail, as: UTF8.self) }

    /// Writes, and hands on lines (without their ends) until `take` returns true.
    ///
    /// Lines beyond that one stay for the next exchange. After any other ending the program is of no more use.
    public func exchange(
        _ bytes: [UInt8], until deadline: ContinuousClock.Instant, take: (ArraySlice<UInt8>) -> Bool
    ) -> Ending {
        if let ending { return ending }
        var unwritten = bytes[...]
        while true {
            while let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                let line = unread[..<end]
                let isEnough = take(line)
                unread.removeFirst(line.count + 1)
                if isEnough { return .enough }
            }
            if unread.count > Self.lineLimit { return .lineTooLong }
            let left = ContinuousClock.now.duration(to: deadline)
            if left <= .zero { return .timedOut }
            move(&unwritten, within: left)
            if output < 0, !unread.contains(UInt8(ascii: "\n")) {
                // A last line without its end is a line, too.
                if !unread.isEmpty, take(unread[...]) { return .enough }
                return end()
            }
        }
    }

    /// Kills the program and its children, unless it has ended by itself, and says how it ended.
    @discardableResult public func end() -> Ending {
        if let ending { return ending }
        // A program that closed its output is about to end; its own status says more than our signal.
        if output < 0 { linger(until: .now + .seconds(1)) }
        _ = kill(-identifier, SIGKILL)
        var status: Int32 = 0
        while unsafe waitpid(identifier, &status, 0) < 0, errno == EINTR {}
        for descriptor in [input, output, error] where descriptor >= 0 { close(descriptor) }
        (input, output, error) = (-1, -1, -1)
        let signal = status & 0x7F
        let how: Ending = signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
        ending = how
        return how
    }

    /// Waits for a program that is about to end, and reads the rest of its errors, without reaping it.
    private func linger(until deadline: ContinuousClock.Instant) {
        var nothing: ArraySlice<UInt8> = []
        while error >= 0, ContinuousClock.now < deadline {
            move(&nothing, within: ContinuousClock.now.duration(to: deadline))
        }
        var info = unsafe siginfo_t()
        while ContinuousClock.now < deadline {
            guard unsafe waitid(P_PID, id_t(identifier), &info, WEXITED | WNOWAIT | WNOHANG) == 0 else { return }
            if unsafe info.si_signo == SIGCHLD { return }
            usleep(2000)
        }
    }

    // MARK: - Streams

    private func move(_ unwritten: inout ArraySlice<UInt8>, within time: Duration) {
        var ready = [
            pollfd(fd: unwritten.isEmpty ? -1 : input, events: Int16(POLLOUT), revents: 0),
            pollfd(fd: output, events: Int16(POLLIN), revents: 0),
            pollfd(fd: error, events: Int16(POLLIN), revents: 0),
        ]
        let milliseconds = Int32(
            clamping: time.components.seconds * 1000 + time.components.attoseconds / 1_000_000_000_000_000)
        guard unsafe poll(&ready, nfds_t(ready.count), max(1, milliseconds)) > 0 else { return }
        if ready[0].revents != 0 { push(&unwritten) }
        if ready[1].revents != 0, let bytes = pull(&output) { unread += bytes }
        if ready[2].revents != 0, let bytes = pull(&error) {
            tail = (tail + bytes).suffix(Self.tailLimit)
        }
    }

    private func push(_ unwritten: inout ArraySlice<UInt8>) {
        let written = unsafe unwritten.withUnsafeBytes { unsafe write(input, $0.baseAddress, $0.count) }
        if written > 0 {
            unwritten.removeFirst(written)
        } else if errno != EAGAIN, errno != EINTR {
            // It reads no more; whether it has answered all the same, its output tells.
            unwritten = []
        }
    }

    /// What can be read now; at the end of the stream it is closed.
    private func pull(_ descriptor: inout Int32) -> [UInt8]? {
        var count = 0
        let source = descriptor
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, initialized in
            count = unsafe read(source, buffer.baseAddress, buffer.count)
            initialized = max(0, count)
        }
        if count > 0 { return bytes }
        if count < 0, errno == EAGAIN || errno == EINTR { return nil }
        close(descriptor)
        descriptor = -1
        return nil
    }

    private static let starting = Mutex(())

    /// A program that stops reading must give an error, not end this process.
    private static let ignoringBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()
}
