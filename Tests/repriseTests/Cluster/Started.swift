import Foundation
import Synchronization
import Testing

/// A command that runs while the test goes on; ended with its value.
final class Started: Sendable {
    private let process: Mutex<Process>
    private let output: String
    private let error: String
    private let folder: String
    let identifier: Int32

    /// Starts the command, or another program; its output goes to files.
    ///
    /// - Parameters:
    ///   - environment: added to this process's own.
    ///   - wrapper: a command that runs the rest of its line, such as `ip netns exec NAME`.
    init(
        _ arguments: [String], program: String? = nil, environment: [String: String] = [:], wrapper: [String] = []
    ) throws {
        let path = try #require(program ?? Binary.path, "the executable reprise is not beside the tests: swift build")
        folder = FileManager.default.temporaryDirectory.appending(path: "reprise-started-\(UUID().uuidString)").path
        (output, error) = (folder + "/out", folder + "/err")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let started = Process()
        started.executableURL = URL(filePath: wrapper.first ?? path)
        started.arguments = wrapper.isEmpty ? arguments : Array(wrapper.dropFirst()) + [path] + arguments
        started.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        started.standardInput = FileHandle.nullDevice
        for file in [output, error] { try Data().write(to: URL(filePath: file)) }
        started.standardOutput = try FileHandle(forWritingTo: URL(filePath: output))
        started.standardError = try FileHandle(forWritingTo: URL(filePath: error))
        try started.run()
        identifier = started.processIdentifier
        process = Mutex(started)
    }

    deinit {
        // Children end when they see that their parent is gone.
        if isRunning { kill(identifier, SIGKILL) }
        try? FileManager.default.removeItem(atPath: folder)
    }

    var isRunning: Bool { process.withLock { $0.isRunning } }

    /// Leaves it so many more bytes of memory than it has now.
    func limitMemory(beyondNow bytes: Int) throws {
        let status = try String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmSize:") })
        let size = try #require(line.split(separator: " ").compactMap { Int($0) }.first) * 1024 + bytes
        #expect(Machine.run("prlimit --pid \(identifier) --as=\(size):\(size)") == 0)
    }

    func signal(_ number: Int32) { kill(identifier, number) }

    /// What it has written on standard output so far.
    var outputSoFar: String { (try? String(contentsOfFile: output, encoding: .utf8)) ?? "" }

    /// What it has written on standard error so far.
    var errorSoFar: String { (try? String(contentsOfFile: error, encoding: .utf8)) ?? "" }

    /// What it wrote and how it ended.
    func outcome(within seconds: Double = 120) async throws -> Binary.Outcome {
        do {
            try await eventually(within: seconds, "process \(identifier) has ended") { !self.isRunning }
        } catch let limit as Binary.TimeLimit {
            throw Binary.TimeLimit(description: "\(limit.description); it said last:\n\(errorSoFar.suffix(2000))")
        }
        return Binary.Outcome(
            status: process.withLock { process in
                process.terminationStatus + (process.terminationReason == .uncaughtSignal ? 128 : 0)
            },
            output: try String(contentsOfFile: output, encoding: .utf8),
            error: try String(contentsOfFile: error, encoding: .utf8))
    }

    /// Processes it started that still run, with these words in their command line, newest last.
    func children(_ words: String...) -> [Int32] {
        let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(identifier)/task")) ?? []
        let lists = tasks.compactMap {
            try? String(contentsOfFile: "/proc/\(identifier)/task/\($0)/children", encoding: .utf8)
        }
        return lists.flatMap { $0.split(separator: " ") }.compactMap { Int32($0) }.sorted().filter { child in
            let line = (try? String(contentsOfFile: "/proc/\(child)/cmdline", encoding: .utf8)) ?? ""
            let given = line.split(separator: "\0")
            return words.allSatisfy { given.contains(Substring($0)) }
        }
    }
}

/// Looks until it is true; real processes are waited for, never for longer than this: a minute and a half, since tests
/// beside this one may have the machine.
func eventually(
    within seconds: Double = 90, _ what: String, at location: SourceLocation = #_sourceLocation,
    _ isTrue: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while try await !isTrue() {
        guard ContinuousClock.now < deadline else {
            throw Binary.TimeLimit(description: "waited \(seconds) s in vain until \(what) (line \(location.line))")
        }
        try await Task.sleep(for: .milliseconds(10))
    }
}
