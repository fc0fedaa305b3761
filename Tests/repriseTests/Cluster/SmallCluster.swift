import Foundation
import Testing

/// A run of seconds whose roles are processes of their own, started and ended one by one.
///
/// Fewer prompts than `TinyRuns`' own run, so that a coordinator can be killed many times over within one.
struct SmallCluster: Sendable {
    let runs: TinyRuns
    let directory: String
    let endpoint: String
    let settings: [String]
    private let isOpen: Bool
    private let keys: String?

    /// What a small run changes in the configuration of `TinyRuns`.
    static let small = [
        "iterations=1", "data.train=8", "sampling.samplesPerPrompt=8", "sampling.promptsPerTask=2",
        "sampling.maxNewTokens=32", "evaluation.splits=[validation]",
    ]

    /// - Parameters:
    ///   - directory: where the run is kept; beside the others unless said.
    ///   - host: where the coordinator listens, if nodes come from elsewhere.
    ///   - keys: a directory of keys; the connections are encrypted then.
    init(
        _ runs: TinyRuns, _ name: String, settings: [String] = [], directory: String? = nil, host: String? = nil,
        keys: String? = nil
    ) throws {
        self.runs = runs
        self.directory = directory ?? runs.directory(name)
        endpoint = "tcp://\(host ?? "127.0.0.1"):\(try Self.freePort())"
        isOpen = host != nil && keys == nil
        self.keys = keys
        self.settings = Self.small + settings
    }

    /// A port that is not in use, below those the system hands out by itself.
    static func freePort() throws -> Int {
        let tables = try ["tcp", "tcp6"].map { try String(contentsOfFile: "/proc/net/\($0)", encoding: .utf8) }
        let inUse = Set(
            tables.joined().matches(of: #/: [0-9A-F]+:([0-9A-F]{4}) /#).compactMap { Int($0.output.1, radix: 16) })
        return try #require((1...100).lazy.map { _ in Int.random(in: 15_000..<30_000) }.first { !inUse.contains($0) })
    }

    /// Starts the coordinator, of a new run or to go on.
    func coordinator(_ environment: [String: String] = [:], wrapper: [String] = []) throws -> Started {
        var arguments = ["coordinator", directory, "--endpoint", endpoint, "--linger", "0"]
        if !FileManager.default.fileExists(atPath: directory + "/run.yaml") {
            arguments += ["--config", runs.configuration] + settings.flatMap { ["--set", $0] }
        }
        if isOpen { arguments.append("--insecure") }
        if let keys { arguments += ["--keys", keys] }
        return try Started(arguments, environment: environment, wrapper: wrapper)
    }

    /// Starts a node.
    func node(
        _ role: String, _ name: String? = nil, _ more: [String] = [], keys other: String? = nil,
        environment: [String: String] = [:],
        wrapper: [String] = []
    ) throws -> Started {
        var arguments = [role, "--connect", endpoint, "--name", name ?? role] + more
        if isOpen { arguments.append("--insecure") }
        if let keys = other ?? keys { arguments += ["--keys", keys] }
        if role == "learner" { arguments += ["--checkpoints", directory + "-unfinished"] }
        return try Started(arguments, environment: environment, wrapper: wrapper)
    }

    /// One node of each role, each logging what it does.
    func nodes() throws -> [Started] {
        try ["sampler", "scorer", "learner"].map { try node($0, environment: ["REPRISE_LOG": "debug"]) }
    }

    /// The digest of the finished run.
    func digest() async throws -> String {
        let outcome = try await Binary.run(["digest", directory])
        #expect(outcome.status == 0, "\(outcome.error)")
        return outcome.lines.first ?? ""
    }

    /// The answer to a question whose answer is one number.
    func count(_ sql: String) async throws -> Int {
        let outcome = try await Binary.run(["query", directory, sql])
        return try #require(outcome.lines.last.flatMap { Int($0.trimmingCharacters(in: .whitespaces)) }, "\(outcome)")
    }

    /// What a small run learns when nothing happens to it.
    static let undisturbed = Task { try await SmallCluster(TinyRuns.shared.value, "undisturbed").whole() }

    /// Runs it all under a supervisor; what is learned.
    func whole() async throws -> String {
        let arguments = ["run", runs.configuration, "--directory", directory]
        let outcome = try await Binary.run(arguments + settings.flatMap { ["--set", $0] })
        try #require(outcome.status == 0, "\(outcome.error)")
        return try await digest()
    }
}
