public import Digests
import GRDB
public import RolloutCore

// What `reprise verify` asks of the database: that its pages hold together, that its rows and the journal name each other,
// and that what is derived says what it is derived from.
extension RunReader {
    /// What a run was begun as, with its prompts: enough to make its plan again.
    public struct Beginning: Sendable {
        /// Name, digest and configuration.
        public var info: RunInfo
        /// Digest of the base's weights.
        public var base: Digest
        /// By split, in order.
        public var prompts: [Split: [PromptRow]]
        /// Whether tasks write the reasoning paths before the fine-tuning.
        public var writesRationales: Bool
    }

    /// What the run was begun as.
    ///
    /// - Throws: `RunStoreError` when it has not begun, or is damaged.
    public func beginning() throws(RunStoreError) -> Beginning {
        try read { db in
            let run = try Self.run(db, path)
            var prompts: [Split: [PromptRow]] = [:]
            for row in try Self.rows(db, "prompts", "SELECT * FROM prompts ORDER BY split, prompt") {
                let split = try row.split()
                guard try row.count("prompt") == prompts[split, default: []].count else { throw row.damaged("prompt") }
                prompts[split, default: []].append(
                    PromptRow(
                        split: split, index: try row.small("prompt"), task: try row.text("task"),
                        user: try row.text("user"), example: try row.text("example"), input: try row.text("input"),
                        text: try row.text("text"), reference: try row.text("reference"),
                        documents: try row.text("documents"), profile: try row.text("profile"),
                        rationale: try row.optionalText("rationale")))
            }
            return Beginning(
                info: try Self.info(run, db), base: try run.digest("base"), prompts: prompts,
                writesRationales: try Bool.fetchOne(
                    db, sql: "SELECT count(*) > 0 FROM planned WHERE kind = 'rationale'") ?? false)
        }
    }

    /// What the run was begun as, without its prompts.
    ///
    /// - Throws: `RunStoreError` when it has not begun, or is damaged.
    public func info() throws(RunStoreError) -> RunInfo {
        try read { db in try Self.info(Self.run(db, path), db) }
    }

    static func run(_ db: Database, _ path: String) throws -> StoredRow {
        guard let run = try rows(db, "run", "SELECT * FROM run").first else {
            throw RunStoreError(.missing, "\(path) holds no run yet: its coordinator has not read the data.")
        }
        return run
    }

    private static func info(_ run: StoredRow, _ db: Database) throws -> RunInfo {
        RunInfo(
            digest: try run.digest("digest"), name: try run.text("name"), mode: try run.text("mode"),
            reward: try run.text("reward"), configuration: try run.text("configuration"),
            baseArchive: try run.digest("base_archive"),
            decodings: try rows(db, "decodings", "SELECT name FROM decodings ORDER BY decoding").map {
                try $0.text("name")
            })
    }

    /// Gives `body` every record in order, each checked against its digests, and how many there are.
    ///
    /// - Throws: `RunStoreError` when rows are missing or wrong, and what `body` throws.
    public func records(_ body: (RolloutCore.Record, _ index: Int, _ count: Int) throws -> Void) throws {
        try database.read { db in
            let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM journal") ?? 0
            var index = 0
            try RecordReader(db: db).all { record in
                try body(record, index, count)
                index += 1
            }
        }
    }

    /// What the database's own check of its pages and indices finds.
    ///
    /// - Throws: `RunStoreError` when it is too damaged to be checked.
    public func pageFindings() throws(RunStoreError) -> [String] {
        try read { db in
            try String.fetchAll(db, sql: "PRAGMA integrity_check(5)").filter { $0 != "ok" }.map {
                $0.replacing("\n", with: " ")
            }
        }
    }

    /// Rows that no entry of the journal stands for.
    ///
    /// - Throws: `RunStoreError` when the database cannot be read.
    public func strayRows() throws(RunStoreError) -> [String] {
        try read { db in
            var found: [String] = []
            func look(_ table: String, _ condition: String) throws {
                let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table) r WHERE \(condition)") ?? 0
                if count > 0 { found.append("\(table) has \(count) rows that the journal does not know") }
            }
            for table in [
                "terms", "tasks", "rationale_seal", "iterations", "training_sets", "policies", "outcome",
            ] {
                try look(table, "NOT EXISTS (SELECT 1 FROM journal j WHERE j.seq = r.seq AND j.kind = '\(table)')")
            }
            for (table, kind) in [
                ("rationales", "rationale"), ("trajectories", "sample"), ("rewards", "score"), ("trainings", "train"),
            ] {
                try look(table, "NOT EXISTS (SELECT 1 FROM tasks t WHERE t.seq = r.seq AND t.kind = '\(kind)')")
            }
            for table in ["thresholds", "selections"] {
                try look(table, "NOT EXISTS (SELECT 1 FROM iterations i WHERE i.iteration = r.iteration)")
            }
            try look("evaluations", "NOT EXISTS (SELECT 1 FROM outcome)")
            return found
        }
    }

    /// Trajectories whose columns do not agree with their tokens, as sentences; and how many trajectories there are.
    ///
    /// - Throws: `RunStoreError` when the database cannot be read.
    public func trajectoryFindings() throws(RunStoreError) -> (count: Int, findings: [String]) {
        try read { db in
            var count = 0
            var wrong = 0
            let sql = "SELECT tokens, token_count, tokens_digest FROM trajectories"
            let rows = try Row.fetchCursor(db, sql: sql)
            while let row = try rows.next() {
                let stored = StoredRow(row: row, table: "trajectories")
                count += 1
                guard let tokens = Tokens.tokens(try stored.data("tokens")) else { throw stored.damaged("tokens") }
                if try stored.count("token_count") != tokens.count
                    || stored.text("tokens_digest") != Tokens.digest(tokens).description
                {
                    wrong += 1
                }
            }
            return (count, wrong == 0 ? [] : ["\(wrong) trajectories have another digest than their tokens"])
        }
    }

    /// Sealed iterations whose trajectories, as people see them in `results`, went elsewhere than the seal says.
    ///
    /// - Throws: `RunStoreError` when the database cannot be read.
    public func selectionFindings() throws(RunStoreError) -> [String] {
        try read { db in
            var findings: [String] = []
            for sealed in try Self.sealed(db) {
                let sql =
                    "SELECT outcome, count(*) FROM results WHERE iteration = ? AND split = 'train' GROUP BY outcome"
                var shown: [String: Int] = [:]
                for row in try Row.fetchAll(db, sql: sql, arguments: [Int64(sealed.iteration)]) {
                    shown[row[0] as String] = row[1]
                }
                // Iterations that share an E-step have no trajectories of their own.
                guard !shown.isEmpty else { continue }
                let counts = sealed.counts
                let expected: [(String, UInt32)] = [
                    ("kept", counts.kept), ("below threshold", counts.belowThreshold), ("over cap", counts.overCap),
                    ("malformed", counts.malformed), ("duplicate", counts.duplicate),
                ]
                for (outcome, count) in expected where shown[outcome, default: 0] != Int(count) {
                    findings.append(
                        "iteration \(sealed.iteration) shows \(shown[outcome, default: 0]) trajectories as \(outcome), its seal \(count)"
                    )
                }
            }
            return findings
        }
    }
}
