import GRDB

/// The tables of `run.sqlite`.
///
/// One database is both the journal, from which a coordinator rebuilds its state, and what people query. Every record is
/// one row of `journal`, whose number orders it, and its content lies in the tables a question would name: nothing is
/// stored twice, and nothing is stored that SQL cannot read. Digests are hexadecimal text, times are seconds since 1970,
/// iterations and policies count as in RELIABILITY's vocabulary: policy t is trained in iteration t, and the E-step of
/// iteration t samples from policy t - 1.
///
/// Columns of type ANY have to give back exactly what a model, a peer or a data set put in: SQLite's REAL loses NaN and the
/// sign of -0, so NaN lies there as text; text ends at a NUL for most readers, so text with a NUL lies there as its bytes.
enum Schema {
    static let version = 2

    static func create(_ db: Database) throws {
        try db.execute(sql: journal + data + views + live)
        try db.execute(sql: "PRAGMA user_version = \(version)")
        try db.execute(sql: "PRAGMA application_id = \(application)")
    }

    /// "RPRS": tells a run's database from any other SQLite file.
    private static let application = 0x5250_5253

    /// Refuses a database with tables of another program.
    static func refuseForeign(_ db: Database, path: String) throws {
        if try Int.fetchOne(db, sql: "PRAGMA application_id") == application { return }
        if try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0 { return }
        throw RunStoreError(.damaged, "\(path) is the database of another program: choose another --directory.")
    }

    /// Refuses a database whose pages contradict each other: one that was cut short, or copied while it was written.
    static func check(_ db: Database, path: String) throws {
        let findings = try String.fetchAll(db, sql: "PRAGMA quick_check(1)")
        guard findings != ["ok"] else { return }
        throw RunStoreError(
            .damaged,
            """
            \(path) is damaged (\(findings.joined(separator: "; ").replacing("\n", with: " "))): put back a copy of the run directory or start a new \
            run.
            """)
    }

    private static let journal = """
        -- Every record in order; `kind` names the table that holds it.
        CREATE TABLE journal(seq INTEGER PRIMARY KEY, kind TEXT NOT NULL) STRICT;

        -- Starts of the coordinator, and the machine and directory each was begun in.
        CREATE TABLE terms(
          seq INTEGER PRIMARY KEY, term INTEGER NOT NULL UNIQUE, place ANY NOT NULL, at REAL NOT NULL) STRICT;

        -- Tasks that ended: outcome `done` with a result, or `null` after the same failure on two nodes.
        CREATE TABLE tasks(
          iteration INTEGER NOT NULL, split TEXT NOT NULL, kind TEXT NOT NULL, task INTEGER NOT NULL,
          outcome TEXT NOT NULL, attempt INTEGER, node ANY, input_digest TEXT, result_digest TEXT, explanation ANY,
          compute_seconds INTEGER, compute_attoseconds INTEGER,
          seconds REAL GENERATED ALWAYS AS (compute_seconds + compute_attoseconds * 1e-18) VIRTUAL,
          at REAL NOT NULL, seq INTEGER NOT NULL UNIQUE,
          PRIMARY KEY(iteration, split, kind, task)) STRICT, WITHOUT ROWID;

        -- What the policy wrote: `tokens` are little-endian 32-bit ids, `answer` is NULL when the text has no answer.
        CREATE TABLE trajectories(
          iteration INTEGER NOT NULL, split TEXT NOT NULL, prompt INTEGER NOT NULL, sample INTEGER NOT NULL,
          task INTEGER NOT NULL, tokens BLOB NOT NULL, token_count INTEGER NOT NULL, tokens_digest TEXT NOT NULL,
          stop TEXT NOT NULL, reasoning ANY NOT NULL, answer ANY, logprob ANY, seq INTEGER NOT NULL,
          PRIMARY KEY(iteration, split, prompt, sample)) STRICT, WITHOUT ROWID;
        CREATE INDEX trajectories_seq ON trajectories(seq);

        -- Judgements of answers; `reward` is NULL when it could not be computed.
        CREATE TABLE rewards(
          iteration INTEGER NOT NULL, split TEXT NOT NULL, prompt INTEGER NOT NULL, sample INTEGER NOT NULL,
          task INTEGER NOT NULL, reward ANY, seq INTEGER NOT NULL,
          PRIMARY KEY(iteration, split, prompt, sample)) STRICT, WITHOUT ROWID;
        CREATE INDEX rewards_seq ON rewards(seq);

        -- Reasoning paths that tasks wrote for the fine-tuning: `origin` is `written`, `profile` (the profile reader's instead)
        -- or `none`; `leaks` and `unusable` count paths rejected before.
        CREATE TABLE rationales(
          prompt INTEGER PRIMARY KEY, task INTEGER NOT NULL, text ANY NOT NULL, origin TEXT NOT NULL,
          leaks INTEGER NOT NULL, unusable INTEGER NOT NULL, seq INTEGER NOT NULL) STRICT;
        CREATE INDEX rationales_seq ON rationales(seq);

        -- The seal on them: one row.
        CREATE TABLE rationale_seal(
          root TEXT NOT NULL, written INTEGER NOT NULL, profile INTEGER NOT NULL, none INTEGER NOT NULL,
          failed INTEGER NOT NULL, leaks INTEGER NOT NULL, unusable INTEGER NOT NULL, at REAL NOT NULL,
          seq INTEGER NOT NULL UNIQUE) STRICT;

        -- Sealed E-steps: the root over all results, and where the trajectories went.
        CREATE TABLE iterations(
          iteration INTEGER PRIMARY KEY, root TEXT NOT NULL, sampled INTEGER NOT NULL, kept INTEGER NOT NULL,
          below_threshold INTEGER NOT NULL, malformed INTEGER NOT NULL, unscored INTEGER NOT NULL,
          duplicate INTEGER NOT NULL, over_cap INTEGER NOT NULL, starved_prompts INTEGER NOT NULL,
          at REAL NOT NULL, seq INTEGER NOT NULL UNIQUE) STRICT;

        -- The least reward that was kept, by scope: `all`, a task of the data, or `prompt N`.
        CREATE TABLE thresholds(
          iteration INTEGER NOT NULL, position INTEGER NOT NULL, scope TEXT NOT NULL, value ANY NOT NULL,
          PRIMARY KEY(iteration, position)) STRICT, WITHOUT ROWID;

        -- The trajectories of the training set.
        CREATE TABLE selections(
          iteration INTEGER NOT NULL, prompt INTEGER NOT NULL, sample INTEGER NOT NULL, reward ANY NOT NULL,
          PRIMARY KEY(iteration, prompt, sample)) STRICT, WITHOUT ROWID;

        -- Training sets in blobs/; `chunks` are the digests of the chunks, 32 bytes each.
        CREATE TABLE training_sets(
          iteration INTEGER PRIMARY KEY, digest TEXT NOT NULL, bytes INTEGER NOT NULL, chunks BLOB NOT NULL,
          at REAL NOT NULL, seq INTEGER NOT NULL UNIQUE) STRICT;

        -- Finished trainings: the policy they made, and how it went.
        CREATE TABLE trainings(
          iteration INTEGER PRIMARY KEY, version INTEGER NOT NULL, base TEXT NOT NULL, weights TEXT NOT NULL,
          delta TEXT, delta_bytes INTEGER, delta_chunks BLOB, steps INTEGER NOT NULL, examples INTEGER NOT NULL,
          tokens INTEGER NOT NULL, first_loss ANY NOT NULL, last_loss ANY NOT NULL, density ANY NOT NULL,
          full_bytes INTEGER NOT NULL, seq INTEGER NOT NULL UNIQUE) STRICT;

        -- Policies announced to the samplers; `delta` is NULL when the policy is the base itself.
        CREATE TABLE policies(
          version INTEGER PRIMARY KEY, base TEXT NOT NULL, weights TEXT NOT NULL, delta TEXT, delta_bytes INTEGER,
          delta_chunks BLOB, at REAL NOT NULL, seq INTEGER NOT NULL UNIQUE) STRICT;

        -- The end of the run, and its evaluations.
        CREATE TABLE outcome(
          best_policy INTEGER NOT NULL, at REAL NOT NULL, seq INTEGER NOT NULL UNIQUE) STRICT;
        CREATE TABLE evaluations(
          position INTEGER PRIMARY KEY, policy INTEGER NOT NULL, split TEXT NOT NULL, decoding INTEGER NOT NULL,
          mean_reward ANY NOT NULL, count INTEGER NOT NULL, malformed INTEGER NOT NULL, unscored INTEGER NOT NULL) STRICT;

        """

    private static let data = """
        -- What was started: one row. `determinism` is `bit-exact`, or `recorded-only` with the kinds of task that ask outside.
        CREATE TABLE run(
          digest TEXT NOT NULL, name TEXT NOT NULL, mode TEXT NOT NULL, reward TEXT NOT NULL,
          configuration TEXT NOT NULL, base TEXT NOT NULL, base_archive TEXT NOT NULL, seed INTEGER NOT NULL,
          iterations INTEGER NOT NULL, samples_per_prompt INTEGER NOT NULL, prompts_per_task INTEGER NOT NULL,
          determinism TEXT NOT NULL, at REAL NOT NULL) STRICT;

        -- How policies are evaluated: an evaluation's trajectories from `first_sample` on are of that decoding.
        CREATE TABLE decodings(
          decoding INTEGER PRIMARY KEY, name TEXT NOT NULL, first_sample INTEGER NOT NULL,
          samples INTEGER NOT NULL) STRICT;

        -- How many tasks the plan has.
        CREATE TABLE planned(
          iteration INTEGER NOT NULL, split TEXT NOT NULL, kind TEXT NOT NULL, tasks INTEGER NOT NULL,
          PRIMARY KEY(iteration, split, kind)) STRICT, WITHOUT ROWID;

        -- The rows of the data as prompts; `task` is the task of the data, `documents` and `profile` are JSON.
        CREATE TABLE prompts(
          split TEXT NOT NULL, prompt INTEGER NOT NULL, task TEXT NOT NULL, user ANY NOT NULL, example ANY NOT NULL,
          input ANY NOT NULL, text ANY NOT NULL, reference ANY NOT NULL, documents ANY NOT NULL,
          profile ANY NOT NULL, rationale ANY, PRIMARY KEY(split, prompt)) STRICT, WITHOUT ROWID;

        """

    private static let views = """
        -- Every trajectory with what became of it. A malformed one counts with reward 0; one still waiting has NULL.
        CREATE VIEW results AS
          SELECT t.iteration, t.split, t.prompt, t.sample, p.task, p.user, p.example, t.reasoning, t.answer, t.stop,
            t.token_count, t.logprob, k.node, k.attempt, CASE WHEN t.answer IS NULL THEN 0.0 ELSE r.reward END AS reward,
            CASE
              WHEN t.answer IS NULL THEN 'malformed'
              WHEN t.split = 'train' AND EXISTS (
                SELECT 1 FROM trajectories o WHERE o.iteration = t.iteration AND o.split = t.split
                  AND o.prompt = t.prompt AND o.sample < t.sample AND o.tokens_digest = t.tokens_digest)
                THEN 'duplicate'
              WHEN r.reward IS NULL AND (r.iteration IS NOT NULL OR EXISTS (
                SELECT 1 FROM tasks n WHERE n.iteration = t.iteration AND n.split = t.split AND n.kind = 'score'
                  AND n.task = t.task AND n.outcome = 'null')) THEN 'unscored'
              WHEN r.iteration IS NULL THEN 'awaited'
              WHEN t.split != 'train' OR i.iteration IS NULL THEN 'scored'
              WHEN s.iteration IS NOT NULL THEN 'kept'
              -- Without a threshold only the cap selects.
              WHEN r.reward >= coalesce((
                SELECT value FROM thresholds h WHERE h.iteration = t.iteration
                  AND h.scope IN ('all', p.task, 'prompt ' || t.prompt)), r.reward) THEN 'over cap'
              ELSE 'below threshold' END AS outcome
          FROM trajectories t
          LEFT JOIN tasks k ON k.iteration = t.iteration AND k.split = t.split AND k.kind = 'sample' AND k.task = t.task
          LEFT JOIN prompts p ON p.split = t.split AND p.prompt = t.prompt
          LEFT JOIN rewards r ON r.iteration = t.iteration AND r.split = t.split AND r.prompt = t.prompt
            AND r.sample = t.sample
          LEFT JOIN iterations i ON i.iteration = t.iteration AND t.split = 'train'
          LEFT JOIN selections s ON s.iteration = t.iteration AND t.split = 'train' AND s.prompt = t.prompt
            AND s.sample = t.sample;

        """

    private static let live = """
        -- Every lease, and how it ended.
        CREATE TABLE leases(
          iteration INTEGER NOT NULL, split TEXT NOT NULL, kind TEXT NOT NULL, task INTEGER NOT NULL,
          term INTEGER NOT NULL, attempt INTEGER NOT NULL, node ANY NOT NULL, at REAL NOT NULL, ended_at REAL,
          ending TEXT, PRIMARY KEY(iteration, split, kind, task, term, attempt)) STRICT, WITHOUT ROWID;

        -- The same, for people: who tried what, when, for how long, and what came of it.
        CREATE VIEW attempts AS
          SELECT iteration, split, kind, task, term, attempt, node, coalesce(ending, 'under way') AS outcome, at,
            ended_at - at AS seconds
          FROM leases ORDER BY at;

        -- What happened, for people.
        CREATE TABLE events(
          id INTEGER PRIMARY KEY, at REAL NOT NULL, event TEXT NOT NULL, node ANY, iteration INTEGER, split TEXT,
          kind TEXT, task INTEGER, attempt INTEGER, detail ANY) STRICT;

        -- Numbers over time, such as `train.loss` by step.
        CREATE TABLE metrics(
          series TEXT NOT NULL, iteration INTEGER NOT NULL, step INTEGER NOT NULL, value ANY NOT NULL, at REAL NOT NULL,
          PRIMARY KEY(series, iteration, step)) STRICT, WITHOUT ROWID;

        -- The run as it stood when the coordinator last wrote, about once a second.
        CREATE TABLE live(key TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
        CREATE TABLE nodes(
          position INTEGER PRIMARY KEY, node ANY NOT NULL, role TEXT NOT NULL, incarnation TEXT NOT NULL,
          slots INTEGER NOT NULL, held INTEGER NOT NULL, held_tasks TEXT NOT NULL, last_seen REAL NOT NULL,
          tasks_done INTEGER NOT NULL, tokens_per_second REAL) STRICT;
        CREATE TABLE progress(
          iteration INTEGER NOT NULL, split TEXT NOT NULL, kind TEXT NOT NULL, pending INTEGER NOT NULL,
          leased INTEGER NOT NULL, done INTEGER NOT NULL, null_results INTEGER NOT NULL, quarantined INTEGER NOT NULL,
          PRIMARY KEY(iteration, split, kind)) STRICT, WITHOUT ROWID;
        """
}
