import Foundation
import Testing

/// A cluster of containers, made by `docker/compose.yaml` and gone with its value.
final class Compose: Sendable {
    /// The repository's `docker` directory.
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../docker")
        .standardized
        .path(percentEncoded: false)
    private static let image = "reprise:latest"

    /// The command that Compose is here: the engine's plug-in, or the program of its own.
    static let command: String? = ["docker compose", "docker-compose"].first {
        Machine.run("\($0) version") == 0
    }

    /// What is missing; nil when everything is there.
    static let missing: String? =
        if Machine.run("docker info") != 0 {
            "a Docker engine"
        } else if command == nil {
            "Docker Compose"
        } else if Machine.run("docker image inspect \(image)") != 0 {
            "the image \(image) (docker/build-offline)"
        } else {
            nil
        }

    let project: String
    private let environment: String
    private let secrets: Folder
    private let overlay: String?

    /// - Parameters:
    ///   - files: what the coordinator sees as /files.
    ///   - configuration: a file in it.
    ///   - overlay: a file of the folder that goes over `compose.yaml`.
    ///   - plan: a plan of faults among the files.
    init(files: String, configuration: String, overlay: String? = nil, plan: String = "") throws {
        self.overlay = overlay
        project = "reprise-test-\(Int.random(in: 0..<1_000_000))"
        secrets = try Folder()
        environment =
            "REPRISE_SECRETS='\(secrets.path)' REPRISE_FILES='\(files)' REPRISE_CONFIG='\(configuration)' REPRISE_RUN=run "
            + "REPRISE_LEARNER_THREADS=1" + (plan.isEmpty ? "" : " REPRISE_PLAN='\(plan)'")
        try #require(Machine.run("\(environment) \(Self.folder)/keys") == 0)
    }

    deinit { _ = try? compose("down", "--volumes", "--timeout", "1") }

    /// Runs Compose; what it printed.
    @discardableResult
    func compose(_ arguments: String...) throws -> String {
        let command = try #require(Self.command)
        let files = Self.files(["compose.yaml"] + [overlay].compactMap { $0 })
        return try Self.output(
            "\(environment) \(command) -p \(project) \(files) \(arguments.joined(separator: " "))")
    }

    /// The options that name files of the folder.
    static func files(_ names: [String]) -> String { names.map { "-f \(folder)/\($0)" }.joined(separator: " ") }

    /// Runs the engine's own command; what it printed.
    @discardableResult
    static func docker(_ line: String) throws -> String { try output("docker " + line) }

    /// Runs a command; what it printed, without the last line's end.
    static func output(_ line: String) throws -> String {
        let file = FileManager.default.temporaryDirectory.appending(path: "reprise-output-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        let status = Machine.run("{ \(line); } > '\(file)' 2> '\(file).error'")
        defer { try? FileManager.default.removeItem(atPath: file + ".error") }
        let error = (try? String(contentsOfFile: file + ".error", encoding: .utf8)) ?? ""
        try #require(status == 0, "\(line): \(error)")
        return try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The containers of a service, those that ended included.
    func containers(_ service: String) throws -> [String] {
        let filter =
            "--filter label=com.docker.compose.project=\(project) --filter label=com.docker.compose.service=\(service)"
        return try Self.docker("ps -aq \(filter)").split(separator: "\n").map(String.init)
    }

    /// The only container of a service.
    func container(_ service: String) throws -> String { try #require(try containers(service).first) }

    /// What a service has logged.
    func log(_ service: String) -> String {
        ((try? containers(service)) ?? []).compactMap { try? Self.output("docker logs \($0) 2>&1") }.joined()
    }

    /// Kills the processes of a container as a lack of memory would: nobody meant it to stop.
    func crash(_ container: String) throws {
        let process = try Self.docker("inspect --format '{{.State.Pid}}' \(container)")
        #expect(Machine.run("kill -9 \(process)") == 0)
    }

    /// A secret key.
    func secret(_ name: String) throws -> Substring {
        try String(contentsOfFile: secrets("\(name).key"), encoding: .utf8).prefix(40)
    }

    /// Asks `reprise` in a container of its own about the run.
    func reprise(_ command: String, _ more: String = "") throws -> String {
        try Self.docker(
            "run --rm --network none --read-only -v \(project)_runs:/runs \(Self.image) \(command) /runs/run \(more)")
    }
}
