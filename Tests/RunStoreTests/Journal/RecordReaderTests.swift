import GRDB
import RolloutCore
import Testing

@testable import RunStore

@Suite struct RecordReaderTests {
    /// One change to a stored run, after which recovery has to refuse.
    @Test(
        arguments: [
            "UPDATE trajectories SET answer = 'another'",
            "UPDATE trajectories SET tokens = x'010203'", "UPDATE trajectories SET stop = 'never'",
            "UPDATE rewards SET reward = 0.123", "DELETE FROM rewards", "DELETE FROM trainings",
            "UPDATE tasks SET outcome = 'perhaps'", "UPDATE tasks SET split = 'holdout'",
            "UPDATE policies SET base = 'short'", "UPDATE policies SET version = -1",
            "UPDATE journal SET kind = 'prompts'", "DELETE FROM terms", "UPDATE trainings SET density = 'much'",
            "UPDATE training_sets SET chunks = x'00'", "UPDATE tasks SET attempt = NULL WHERE outcome = 'done'",
        ])
    func refusesDamage(sql: String) throws {
        let run = try TemporaryRun()
        let journal = try run.journal()
        var sample = SampleRecords(seed: 11)
        let task = TaskID(iteration: 1, split: .train, kind: .sample, index: 0)
        let drawn = Trajectory(
            id: TrajectoryID(prompt: 0, sample: 0), tokens: [1, 2], stop: .stopToken, reasoning: "r", answer: "a",
            logProbability: -1)
        try journal.append([.termStarted(Term(rawValue: 1))] + sample.training(0), durable: true)
        try journal.append(sample.accepted(task, .sample([drawn])), durable: true)
        try journal.append(
            sample.accepted(task.sibling(.score), .score([Score(id: drawn.id, reward: 0.5)])), durable: true)
        #expect(try journal.recover().count == 6)
        try journal.database.write { db in
            try db.execute(sql: sql)
            #expect(db.changesCount > 0)
        }
        let error = #expect(throws: RunStoreError.self) { try journal.recover() }
        #expect(error?.kind == .damaged)
    }

    @Test func aTruncatedFileIsASentence() throws {
        let run = try TemporaryRun()
        do {
            let journal = try run.journal()
            var sample = SampleRecords(seed: 12)
            for record in sample.journal() { try journal.append(record, durable: true) }
        }
        let bytes = try Array(readFile(run.directory.database))
        try writeFile(Array(bytes.prefix(bytes.count / 2)), to: run.directory.database)
        #expect(throws: RunStoreError.self) { _ = try run.journal().recover() }
        try writeFile(
            Array("not a database at all, but long enough to be looked at as one".utf8), to: run.directory.database)
        let error = #expect(throws: RunStoreError.self) { _ = try run.journal().recover() }
        #expect(error?.kind == .damaged)
    }
}
