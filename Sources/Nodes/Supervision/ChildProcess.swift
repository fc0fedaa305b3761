public import Foundation
import Synchronization

/// A child process of this executable, its output going to a log file.
///
/// On Linux Foundation starts it in a process group of its own, so that Ctrl-C reaches only the supervisor, which drains.
public final class ChildProcess {
    /// How a process ended.
    public enum Ending: Sendable, Equatable, CustomStringConvertible {
        case exited(Int32)
        case signalled(Int32)

        /// For log lines: "exited with status 1".
        public var description: String {
            switch self {
            case .exited(let code): "exited with status \(code)"
            case .signalled(let signal): "was ended by signal \(signal)"
            }
        }
    }

    private final class Box: Sendable {
        let ending = Mutex<Ending?>(nil)
    }

    /// The name used in logs, for example `sampler-2`.
    public let name: String
    /// The operating system's process number.
    public var identifier: Int32 { process.processIdentifier }
    private let process = Process()
    private let box = Box()
    private let log: URL
    /// Length of the log before this process wrote to it.
    private let logStart: UInt64

    /// Starts `executable` with `arguments`; both output streams are appended to `log`.
    ///
    /// - Throws: what the system reports when the file cannot be run or the log cannot be opened.
    public init(name: String, executable: URL, arguments: [String], log: URL) throws {
        self.name = name
        process.executableURL = executable
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        if !FileManager.default.fileExists(atPath: log.path) {
            try Data().write(to: log)
        }
        let output = try FileHandle(forWritingTo: log)
        self.log = log
        logStart = try output.seekToEnd()
        process.standardOutput = output
        process.standardError = output
        process.terminationHandler = { [box] process in
            let ending: Ending =
                process.terminationReason == .exit
                ? .exited(process.terminationStatus) : .signalled(process.terminationStatus)
            box.ending.withLock { $0 = ending }
        }
        try process.run()
        try output.close()
    }

    /// The ending, when there has been one.
    public var ending: Ending? { box.ending.withLock { $0 } }

    /// The sentence this process ended with: the last line of its log that begins with `reprise: `.
    public var lastWords: String? {
        guard let file = try? FileHandle(forReadingFrom: log), (try? file.seek(toOffset: logStart)) != nil,
            let bytes = try? file.readToEnd()
        else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        return lines.last { $0.hasPrefix(Self.prefix) }.map { String($0.dropFirst(Self.prefix.count)) }
    }

    private static let prefix = "reprise: "

    /// Sends a signal, unless the process has ended.
    public func signal(_ signal: Int32) {
        if ending == nil { _ = kill(identifier, signal) }
    }
}
