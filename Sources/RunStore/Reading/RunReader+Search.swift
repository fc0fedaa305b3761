import Dispatch
import GRDB
import RolloutCore

extension RunReader {
    /// One page of the trajectories that a search finds. No page costs more than the one before, and none is held in memory
    /// but itself.
    ///
    /// - Throws: `RunStoreError` of kind `query` when it takes longer than `timeLimit`, and when the journal cannot be read.
    public func page(
        _ search: TrajectorySearch, timeLimit: Duration = .seconds(10)
    ) throws(RunStoreError) -> TrajectoryPage {
        let alarm = DispatchWorkItem { [database] in database.interrupt() }
        defer { alarm.cancel() }
        do {
            return try database.read { db in
                // The clock starts when the connection is ours, not while another question is being answered.
                DispatchQueue.global().asyncAfter(deadline: .now() + timeLimit / .seconds(1), execute: alarm)
                return try Self.page(db, search)
            }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_INTERRUPT {
            throw RunStoreError(
                .query, "The search took longer than \(Int(timeLimit / .seconds(1))) s: narrow it down.")
        } catch {
            return try RunStoreError.about(path) { throw error }
        }
    }

    private static func page(_ db: Database, _ search: TrajectorySearch) throws -> TrajectoryPage {
        let last = try Int64.fetchOne(
            db, sql: "SELECT max(iteration) FROM trajectories WHERE split = ?", arguments: [search.split.column])
        guard let iteration = search.iteration.map({ Int64($0) }) ?? last else {
            return TrajectoryPage(iteration: nil, rows: [], hasEarlier: false, hasLater: false)
        }
        let limit = max(1, search.limit)
        var conditions = SearchConditions(iteration: iteration, search)
        let sql = conditions.sql(limit: limit + 1)
        var rows = try Self.rows(db, "trajectories", sql, conditions.arguments).map(Self.row)
        let hasMore = rows.count > limit
        rows = Array(rows.prefix(limit))
        let isBackwards = search.cursor?.isBackwards ?? false
        if isBackwards { rows.reverse() }
        return TrajectoryPage(
            iteration: UInt32(exactly: iteration), rows: rows,
            hasEarlier: isBackwards ? hasMore : search.cursor != nil, hasLater: isBackwards ? true : hasMore)
    }

    private static func row(_ row: StoredRow) throws -> TrajectoryPage.Row {
        TrajectoryPage.Row(
            id: TrajectoryID(prompt: try row.small("prompt"), sample: try row.small("sample")),
            group: try row.text("task"), user: try row.text("user"), reward: try row.optionalNumber("reward"),
            outcome: try row.text("outcome"), node: try row.text("node"), attempt: try row.small("attempt"),
            tokenCount: try row.count("token_count"), excerpt: try row.text("excerpt"),
            isCut: try row.integer("is_cut") == 1)
    }
}

/// A search as SQL: places are found first, in tables that are small beside what people read, then the rest is looked up.
private struct SearchConditions {
    private(set) var arguments: StatementArguments
    private var conditions = ["v.iteration = ?", "v.split = ?"]
    private let search: TrajectorySearch
    private let iteration: Int64

    init(iteration: Int64, _ search: TrajectorySearch) {
        self.search = search
        self.iteration = iteration
        arguments = [iteration, search.split.column]
        require("v.prompt = ?", search.prompt.map { Int64($0) })
        require("v.task = ?", search.group)
        require("v.outcome = ?", search.outcome)
        require("v.node = ?", search.node)
        require("v.user = ?", search.user)
        if let text = search.text, !text.isEmpty { requireText(text) }
        if let cursor = search.cursor { require(cursor) }
    }

    mutating func sql(limit: Int) -> String {
        let order = Self.order(search.order, isBackwards: search.cursor?.isBackwards ?? false)
        arguments += [limit, iteration, search.split.column]
        // The view's outcome looks at every trajectory's siblings: only where it is asked for.
        let source = search.outcome == nil ? "(\(Self.brief))" : "results"
        return """
            WITH found AS MATERIALIZED (
              SELECT v.prompt, v.sample, v.reward FROM \(source) v WHERE \(conditions.joined(separator: " AND "))
              ORDER BY \(order) LIMIT ?)
            SELECT v.*, substr(coalesce(v.answer, v.reasoning), 1, 200) AS excerpt,
              length(coalesce(v.answer, v.reasoning)) > 200 AS is_cut
            FROM found f JOIN results v ON v.iteration = ? AND v.split = ? AND v.prompt = f.prompt AND v.sample = f.sample
            ORDER BY \(order)
            """
    }

    private mutating func require(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
        guard let value else { return }
        conditions.append(condition)
        arguments += [value]
    }

    private mutating func requireText(_ text: String) {
        let escaped = text.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")
        let columns = ["v.answer", "v.reasoning"].map { "\($0) LIKE ? ESCAPE '\\'" }
        let others = ["input", "reference", "profile", "example"].map { "q.\($0) LIKE ? ESCAPE '\\'" }
        conditions.append(
            """
            (\(columns.joined(separator: " OR ")) OR EXISTS (
              SELECT 1 FROM prompts q WHERE q.split = v.split AND q.prompt = v.prompt
                AND (\(others.joined(separator: " OR ")))))
            """)
        for _ in 0..<(columns.count + others.count) { arguments += ["%\(escaped)%"] }
    }

    private mutating func require(_ cursor: TrajectorySearch.Cursor) {
        let place = "(v.prompt, v.sample) \(cursor.isBackwards ? "<" : ">") (?, ?)"
        let id: StatementArguments = [Int64(cursor.id.prompt), Int64(cursor.id.sample)]
        if search.order == .prompt {
            conditions.append(place)
            arguments += id
        } else if let reward = cursor.reward {
            let isDescending = (search.order == .best) != cursor.isBackwards
            // Those without a reward come last.
            let unscored = cursor.isBackwards ? "" : "v.reward IS NULL OR "
            conditions.append("(\(unscored)v.reward \(isDescending ? "<" : ">") ? OR (v.reward = ? AND \(place)))")
            arguments += [exact(reward), exact(reward)] + id
        } else {
            conditions.append(
                cursor.isBackwards ? "(v.reward IS NOT NULL OR \(place))" : "(v.reward IS NULL AND \(place))")
            arguments += id
        }
    }

    private static func order(_ order: TrajectoryFilter.Order, isBackwards: Bool) -> String {
        let (up, down) = isBackwards ? ("DESC", "ASC") : ("ASC", "DESC")
        let place = "v.prompt \(up), v.sample \(up)"
        return switch order {
        case .best: "v.reward IS NULL \(up), v.reward \(down), \(place)"
        case .worst: "v.reward IS NULL \(up), v.reward \(up), \(place)"
        case .prompt: place
        }
    }

    /// What can be searched, without what has to be worked out. Tables nothing is asked of are not read.
    private static let brief = """
        SELECT t.iteration, t.split, t.prompt, t.sample, p.task, p.user, k.node, t.reasoning, t.answer,
          CASE WHEN t.answer IS NULL THEN 0.0 ELSE r.reward END AS reward
        FROM trajectories t
        LEFT JOIN tasks k ON k.iteration = t.iteration AND k.split = t.split AND k.kind = 'sample' AND k.task = t.task
        LEFT JOIN prompts p ON p.split = t.split AND p.prompt = t.prompt
        LEFT JOIN rewards r ON r.iteration = t.iteration AND r.split = t.split AND r.prompt = t.prompt
          AND r.sample = t.sample
        """
}
