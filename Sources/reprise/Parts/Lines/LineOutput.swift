import ArgumentParser
import Files
import Foundation
import JSONLines

/// Writes whole lines to standard output.
struct LineOutput {
    private var buffer = Data()

    /// Appends a line.
    mutating func write(_ object: JSONObject) throws {
        buffer.append(contentsOf: JSON.object(object).serialized().utf8)
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count >= 1 << 16 { try flush() }
    }

    /// Hands over what is held.
    ///
    /// A reader that has gone away, as `head` does, ends the command without a word, with the status that a shell gives a
    /// process ended by SIGPIPE.
    mutating func flush() throws {
        guard !buffer.isEmpty else { return }
        defer { buffer.removeAll(keepingCapacity: true) }
        do {
            try FileHandle.standardOutput.write(contentsOf: buffer)
        } catch {
            throw Self.error(for: Self.isBrokenPipe(error as NSError) ? .readerGone : .unwritable)
        }
    }

    /// Writes one line at once.
    static func print(_ object: JSONObject) throws {
        var output = LineOutput()
        try output.write(object)
        try output.flush()
    }

    /// What ends a command whose output is lost.
    static func error(for loss: StandardOutput.Loss) -> any Error {
        switch loss {
        case .readerGone: ExitCode(128 + SIGPIPE)
        case .unwritable: Failure(.output, "Standard output cannot be written; is the disk full?")
        }
    }

    private static func isBrokenPipe(_ error: NSError) -> Bool {
        if error.domain == NSPOSIXErrorDomain, error.code == Int(EPIPE) { return true }
        return (error.userInfo[NSUnderlyingErrorKey] as? NSError).map(isBrokenPipe) ?? false
    }
}
