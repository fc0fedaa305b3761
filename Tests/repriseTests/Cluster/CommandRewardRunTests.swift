import Foundation
import Testing

/// Whole runs whose reward is a program of the user's: well-behaved, treacherous, dead.
@Suite(.serialized, .realClusters, .timeLimit(.minutes(10)))
struct CommandRewardRunTests {
    private let runs: TinyRuns

    /// A reward by the answer's length, with everything that can go wrong at some lengths: one answer has none, one gets an
    /// error, one makes the program write nonsense, one ends it.
    private static let script = """
        while IFS= read -r line; do
          id=${line#*\\"id\\":\\"}; id=${id%%\\"*}
          answer=${line#*\\"answer\\":\\"}; answer=${answer%%\\",\\"reasoning\\"*}
          case $(( ${#answer} % 29 )) in
            3) echo "{\\"id\\":\\"$id\\",\\"reward\\":null}" ;;
            5) echo "{\\"id\\":\\"$id\\",\\"error\\":\\"no opinion\\"}" ;;
            7) echo "{\\"id\\":\\"$id\\",\\"reward\\":NaN}" ;;
            11) echo "cannot cope, process $$" >&2; exit 3 ;;
            *) echo "{\\"id\\":\\"$id\\",\\"reward\\":0.$(( ${#answer} % 89 + 10 ))}" ;;
          esac
        done

        """

    init() async throws {
        runs = try await TinyRuns.shared.value
        try Self.script.write(toFile: runs.path + "/judge.sh", atomically: true, encoding: .utf8)
    }

    private func command(_ name: String, _ more: String...) -> [String] {
        [
            "run", runs.configuration, "--directory", runs.directory(name), "--set", "sampling.samplesPerPrompt=16",
            "--set", "data.train=8", "--set", "reward.command=[sh, \(runs.path)/judge.sh]",
        ] + more
    }

    private func digest(_ name: String) async throws -> String {
        let outcome = try await Binary.run(["digest", runs.directory(name)])
        return try #require(outcome.lines.first, "\(outcome.error)")
    }

    private func count(_ name: String, _ sql: String) async throws -> Int {
        let outcome = try await Binary.run(["query", runs.directory(name), sql])
        return try #require(outcome.lines.last.flatMap { Int($0.filter { !$0.isWhitespace }) }, "\(outcome.error)")
    }

    @Test("A program's rewards, its nulls among them, do not depend on how many scorers there are or whether one dies")
    func scorers() async throws {
        let one = try await Binary.run(command("judge-1"))
        #expect(one.status == 0, "\(one.error)")
        // What failed twice has no reward, is counted, and is never kept; the others of its task are.
        let nulls = try await count("judge-1", "select count(*) from rewards where reward is null and split = 'train'")
        #expect(nulls > 0)
        #expect(one.output.contains("\(nulls) sampled answers have no reward and were not kept"), "\(one.output)")
        #expect(one.output.contains("unscored"))
        let kept = "select count(*) from results where reward is null and outcome = 'kept'"
        #expect(try await count("judge-1", kept) == 0)
        #expect(try await count("judge-1", "select count(*) from results where outcome = 'unscored'") > 0)
        #expect(try await count("judge-1", "select count(*) from tasks where outcome = 'null'") == 0)
        // Each cost an attempt first, with the program's own words.
        let log = RunLog(directory: runs.directory("judge-1"))
        #expect(log.count("ended with status 3 after") > 0)
        #expect(log.count("its last words: cannot cope") > 0)
        #expect(log.count("no opinion") > 0)
        #expect(log.count("a reward that is no number") > 0)

        let three = try await Binary.run(command("judge-3", "--scorers", "3"))
        #expect(three.status == 0, "\(three.error)")
        let killed = try Started(command("judge-killed", "--scorers", "2"))
        let killedLog = RunLog(directory: runs.directory("judge-killed"))
        try await killedLog.wait(for: "phase: sampling(iteration: 1)")
        try await killedLog.wait(for: "fails on scorer")
        kill(try #require(killed.children("scorer").last), SIGKILL)
        let outcome = try await killed.outcome()
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.error.contains("was ended by signal 9"))
        #expect(try await [digest("judge-3"), digest("judge-killed")] == [digest("judge-1"), digest("judge-1")])
    }

    @Test("A program that never answers costs time and then the run, not for ever and not in silence")
    func silence() async throws {
        let outcome = try await Binary.run(
            command(
                "silent", "--set", "reward={command: [sleep, 600], timeoutSeconds: 0.2}", "--set", "data.train=4",
                "--set", "sampling.promptsPerTask=4"))
        #expect(outcome.status == 79, "\(outcome.error)")
        let last = outcome.error.split(separator: "\n").last ?? ""
        #expect(last.contains(#/malformed, 6\d without a reward/#), "\(outcome.error)")
        #expect(
            RunLog(directory: runs.directory("silent")).text("coordinator").contains(
                #/gave 0 of 6\d answers within 0.2 s/#))
    }

    @Test("What cannot be computed here is refused before anything is made")
    func refusals() async throws {
        let missing = try await Binary.run(command("missing", "--set", "reward.command=[/no/such/judge]"))
        missing.refused(69, "'/no/such/judge' is not a program here")
        let scorers = command("external", "--set", "reward.external=mine", "--scorers", "2")
        try await Binary.run(scorers).refused(64, "--scorers does nothing")
        #expect(!FileManager.default.fileExists(atPath: runs.directory("missing")))
    }
}
