import Foundation
import Testing

/// The built command, run as a process of its own.
enum Binary {
    /// What a run of the command left.
    struct Outcome {
        /// Exit status; 128 and the signal for a process that a signal ended.
        let status: Int32
        let output: String
        let error: String

        /// Lines of standard output.
        var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    /// The command did not end in time.
    struct TimeLimit: Error, CustomStringConvertible {
        let description: String
    }

    /// The executable beside the test bundle, where the package manager builds both.
    static let path: String? = {
        var folders = [Bundle.main.bundleURL, URL(filePath: ProcessInfo.processInfo.arguments[0])]
        folders += Bundle.allBundles.map(\.bundleURL)
        for folder in folders {
            var folder = folder
            for _ in 0..<6 {
                let candidate = folder.appending(path: "reprise")
                if (try? candidate.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true {
                    return candidate.path(percentEncoded: false)
                }
                folder.deleteLastPathComponent()
            }
        }
        return nil
    }()

    /// Runs the command to its end, off the cooperative threads.
    ///
    /// - Throws: `TimeLimit` after having ended a process that took longer than `seconds`.
    static func run(
        _ arguments: [String], input: String = "", in folder: String? = nil, seconds: Double = 120
    ) async throws -> Outcome {
        try await run(arguments, bytes: Array(input.utf8), in: folder, seconds: seconds)
    }

    /// Runs the command with bytes as its standard input.
    static func run(
        _ arguments: [String], bytes: [UInt8], in folder: String? = nil, seconds: Double = 120
    ) async throws -> Outcome {
        let path = try #require(path, "the executable reprise is not beside the tests: swift build")
        return try await run(path, arguments, bytes: bytes, in: folder, seconds: seconds)
    }

    /// Runs a script of the shell, which finds the command in `$REPRISE`.
    static func shell(_ script: String, seconds: Double = 120) async throws -> Outcome {
        let path = try #require(path, "the executable reprise is not beside the tests: swift build")
        return try await run(
            "/bin/sh", ["-c", "REPRISE='\(path)'; \(script)"], bytes: [], in: nil, seconds: seconds)
    }

    /// Runs a script of bash.
    static func bash(_ script: String) async throws -> Outcome {
        try await run("/bin/bash", ["-c", script], bytes: [], in: nil, seconds: 30)
    }

    /// Whether there is a device that is always full.
    static var hasFullDevice: Bool { FileManager.default.fileExists(atPath: "/dev/full") }

    private static func run(
        _ path: String, _ arguments: [String], bytes: [UInt8], in folder: String?, seconds: Double
    ) async throws -> Outcome {
        try await permits.holding {
            try await withCheckedThrowingContinuation { continuation in
                Thread.detachNewThread {
                    continuation.resume(
                        with: Result { try perform(path, arguments, bytes: bytes, in: folder, seconds: seconds) })
                }
            }
        }
    }

    /// The runner begins every test at once. Hundreds of processes at a time would take the machine, and some thousand open
    /// files: Foundation reads past the end of a list of so many when it starts a process.
    private static let permits = Permits(8)

    private static func perform(
        _ path: String, _ arguments: [String], bytes: [UInt8], in folder: String?, seconds: Double
    ) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        if let folder { process.currentDirectoryURL = URL(filePath: folder) }
        // Files on both sides: nothing can block on a full pipe.
        let place = FileManager.default.temporaryDirectory.appending(path: "reprise-run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: place) }
        let (input, output, error) = (
            place.appending(path: "in"), place.appending(path: "out"), place.appending(path: "err")
        )
        try Data(bytes).write(to: input)
        for file in [output, error] { try Data().write(to: file) }
        let handles = [
            try FileHandle(forReadingFrom: input), try FileHandle(forWritingTo: output),
            try FileHandle(forWritingTo: error),
        ]
        (process.standardInput, process.standardOutput, process.standardError) = (handles[0], handles[1], handles[2])
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        try process.run()
        // The process has its own; these would stay open as long as the tests run.
        for handle in handles { try handle.close() }
        if ended.wait(timeout: .now() + seconds) == .timedOut {
            kill(process.processIdentifier, SIGKILL)
            ended.wait()
            throw TimeLimit(description: "reprise \(arguments.joined(separator: " ")) took longer than \(seconds) s.")
        }
        let status = process.terminationStatus
        return Outcome(
            status: process.terminationReason == .uncaughtSignal ? 128 + status : status,
            output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
            error: String(decoding: try Data(contentsOf: error), as: UTF8.self))
    }
}
