import Configuration
import Digests
import Foundation
import GRDB
import RolloutCore
import RunStore
import Testing

@testable import Nodes

/// Whatever is changed in a run directory is found, or changes nothing that was learned.
@Suite(.timeLimit(.minutes(5)))
struct RunVerifierTests {
    /// A finished run, copied for each test.
    private final class Fixture: Sendable {
        let run: TinyRun
        let directory: RunDirectory

        init() async throws {
            run = try TinyRun()
            let finished = try await TinyCluster(run: run, configuration: run.configuration()).finish("run")
            directory = finished.directory
            guard case .finished(let outcome) = finished.ending else { throw Missing() }
            for case .policyCommitted(let policy) in try Journal(holding: directory.lock()).recover()
            where policy.version == outcome.bestPolicy {
                try BestPolicy(directory: directory, base: run.base).save(policy)
            }
        }
    }
    private struct Missing: Error {}

    private static let shared = Task { try await Fixture() }
    private let fixture: Fixture
    private let copy: RunDirectory

    init() async throws {
        fixture = try await Self.shared.value
        let path = "\(fixture.run.path)/copy-\(UUID().uuidString)"
        try FileManager.default.copyItem(atPath: fixture.directory.path, toPath: path)
        copy = try RunDirectory.open(path)
    }

    private func findings(_ directory: RunDirectory) throws -> [RunVerifier.Finding] {
        var findings: [RunVerifier.Finding] = []
        try RunVerifier(directory).verify { findings.append($0) }
        return findings
    }

    /// Changes rows behind everybody's back.
    private func change(_ sql: String) throws {
        try DatabaseQueue(path: copy.database).write { try $0.execute(sql: sql) }
    }

    /// Expects damage of a class, and words about it.
    private func damaged(
        _ subject: String, _ words: String, at location: SourceLocation = #_sourceLocation
    ) throws {
        let found = try findings(copy).filter { !$0.damage.isEmpty }
        #expect(found.contains { $0.subject == subject }, "\(found)", sourceLocation: location)
        #expect(found.contains { $0.damage.contains { $0.contains(words) } }, "\(found)", sourceLocation: location)
    }

    @Test func aRunAsItWasLeftIsSound() throws {
        let findings = try findings(copy)
        #expect(
            findings.map(\.subject) == [
                "database", "beginning", "journal", "trajectories", "base", "blobs", "policies", "best",
            ])
        for finding in findings { #expect(finding.damage + finding.repairable == [], "\(finding.subject)") }
        let journal = try #require(findings.first { $0.subject == "journal" })
        #expect(journal.summary.contains("2 seals, 3 policies, the outcome"))
    }

    // MARK: - Rows

    @Test(arguments: [
        (
            "UPDATE trajectories SET tokens = x'01000000' WHERE sample = 1", "journal",
            "does not have the recorded digest"
        ),
        ("UPDATE trajectories SET answer = 'another' WHERE prompt = 0 AND sample = 0", "journal", "digest"),
        ("UPDATE rewards SET reward = 0.99 WHERE prompt = 0 AND iteration = 1", "journal", "digest"),
        ("UPDATE tasks SET input_digest = result_digest WHERE kind = 'score'", "journal", "another run"),
        ("UPDATE iterations SET kept = kept + 1", "journal", "no valid kept"),
        ("UPDATE iterations SET below_threshold = below_threshold + 1", "journal", "is not what its recorded results"),
        ("UPDATE thresholds SET value = 0.5", "journal", "is not what its recorded results give"),
        ("UPDATE selections SET reward = reward + 0.001", "journal", "is not what its recorded results give"),
        ("UPDATE policies SET weights = base WHERE version = 1", "journal", "which no accepted training produced"),
        ("UPDATE outcome SET best_policy = 7", "journal", "outcome is not what its recorded results give"),
        ("UPDATE evaluations SET mean_reward = 1", "journal", "outcome is not what its recorded results give"),
        ("DELETE FROM journal WHERE kind = 'iterations'", "database", "iterations has 2 rows"),
        ("DELETE FROM journal WHERE seq = 5", "database", "rows that the journal does not know"),
        ("DELETE FROM tasks WHERE kind = 'train' AND iteration = 0", "database", "trainings has 1 rows"),
        ("UPDATE trajectories SET tokens_digest = 'x' WHERE prompt = 1", "trajectories", "another digest"),
        ("UPDATE prompts SET text = text || ' ' WHERE prompt = 0", "beginning", "not those of the run's digest"),
        ("UPDATE prompts SET reference = 'better' WHERE prompt = 0", "beginning", "not those of the run's digest"),
        ("UPDATE run SET seed = 2, digest = base", "journal", "another run"),
    ])
    func changedRowsAreFound(sql: String, subject: String, words: String) throws {
        try change(sql)
        try damaged(subject, words)
    }

    @Test func anotherConfigurationIsFound() throws {
        let text = try String(contentsOfFile: copy.configurationFile, encoding: .utf8)
        try text.replacing("cap: 10", with: "cap: 9").write(
            toFile: copy.configurationFile, atomically: true, encoding: .utf8)
        try damaged("beginning", "run.yaml is not the configuration")
    }

    // MARK: - Blobs

    private func blob(_ sql: String) throws -> String {
        let digest = try DatabaseQueue(path: copy.database).read { try String.fetchOne($0, sql: sql) }
        return copy.path + "/blobs/" + (try #require(digest))
    }

    private func repairable(_ words: String, at location: SourceLocation = #_sourceLocation) throws {
        let findings = try findings(copy)
        #expect(findings.allSatisfy { $0.damage.isEmpty }, "\(findings)", sourceLocation: location)
        let lines = findings.flatMap(\.repairable)
        #expect(lines.contains { $0.contains(words) }, "\(lines)", sourceLocation: location)
    }

    @Test func lostAndDamagedBlobsAreFound() throws {
        let set = try blob("SELECT digest FROM training_sets WHERE iteration = 1")
        try FileManager.default.removeItem(atPath: set)
        try repairable("the training set of iteration 1 is missing")
        let delta = try blob("SELECT delta FROM policies WHERE version = 2")
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: delta)))
        bytes[bytes.count / 2] ^= 16
        try Data(bytes).write(to: URL(filePath: delta))
        try repairable("the delta of policy 2 is damaged")
        try FileManager.default.removeItem(atPath: try blob("SELECT base_archive FROM run"))
        try repairable("the base's archive is missing or damaged")
        try FileManager.default.removeItem(atPath: copy.checkpoints + "/best/model.safetensors")
        try repairable("checkpoints/best does not hold policy")
    }

    // MARK: - Bytes

    /// The rule for any damage: found, or without any effect on what the run learned.
    private func isFoundOrHarmless() throws -> Bool {
        guard let findings = try? findings(copy), findings.allSatisfy({ $0.damage.isEmpty }) else { return true }
        return try RunReader(copy).identity() == RunReader(fixture.directory).identity()
    }

    @Test func aTruncatedDatabaseIsFoundOrHarmless() throws {
        let whole = [UInt8](try Data(contentsOf: URL(filePath: copy.database)))
        try? FileManager.default.removeItem(atPath: copy.database + "-wal")
        for part in 0..<12 {
            try Data(whole[..<(whole.count * part / 12)]).write(to: URL(filePath: copy.database))
            #expect(try isFoundOrHarmless(), "\(part)/12")
        }
    }

    @Test(arguments: 0..<40)
    func aFlippedByteIsFoundOrHarmless(seed: Int) throws {
        var random = SplitMix(seed: UInt64(seed))
        let folder = copy.path
        let files =
            ["run.sqlite", "run.sqlite"]
            + (try FileManager.default.contentsOfDirectory(atPath: folder + "/blobs"))
            .filter { $0 != "partial" }.sorted().map { "blobs/" + $0 }
        let file = URL(filePath: folder + "/" + files[Int.random(in: 0..<files.count, using: &random)])
        var bytes = [UInt8](try Data(contentsOf: file))
        let place = Int.random(in: 0..<bytes.count, using: &random)
        bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        try Data(bytes).write(to: file)
        #expect(try isFoundOrHarmless(), "byte \(place) of \(file.lastPathComponent)")
    }
}

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
private struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
