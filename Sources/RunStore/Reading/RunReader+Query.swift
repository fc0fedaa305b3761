import Dispatch
import GRDB

/// The answer to a question in SQL.
public struct QueryResult: Sendable, Equatable {
    /// A value of any column.
    public enum Value: Sendable, Equatable {
        case null
        case integer(Int64)
        case number(Double)
        case text(String)
        case bytes([UInt8])
    }
    /// Names of the columns.
    public var columns: [String]
    /// The rows, in order.
    public var rows: [[Value]]
    /// There were more rows than the limit.
    public var isTruncated: Bool
}

extension RunReader {
    /// Answers a question in SQL: one SELECT, VALUES, WITH or EXPLAIN.
    ///
    /// The connection cannot write the run; and only statements that begin with these words are run at all, because VACUUM
    /// INTO and ATTACH write other files without changing this one.
    ///
    /// - Throws: `RunStoreError` of kind `query` when it is something else, wrong, or takes longer than `timeLimit`.
    public func query(
        _ sql: String, rowLimit: Int = 10_000, timeLimit: Duration = .seconds(30)
    ) throws(RunStoreError) -> QueryResult {
        let word = Self.firstWord(of: sql)
        guard ["select", "with", "values", "explain"].contains(word) else {
            throw RunStoreError(
                .query, "'\(word.prefix(40))' is not a question: a query begins with SELECT, WITH, VALUES or EXPLAIN.")
        }
        let alarm = DispatchWorkItem { [database] in database.interrupt() }
        defer { alarm.cancel() }
        do {
            return try database.read { db in
                // The clock starts when the connection is ours, not while another question is being answered.
                DispatchQueue.global().asyncAfter(deadline: .now() + timeLimit / .seconds(1), execute: alarm)
                let statement = try db.makeStatement(sql: sql)
                guard statement.isReadonly else { throw RunStoreError(.query, "The query would change the run.") }
                let cursor = try Row.fetchCursor(statement)
                var result = QueryResult(columns: statement.columnNames, rows: [], isTruncated: false)
                while let row = try cursor.next() {
                    if result.rows.count == rowLimit {
                        result.isTruncated = true
                        break
                    }
                    result.rows.append(row.databaseValues.map(QueryResult.Value.init))
                }
                return result
            }
        } catch let error as RunStoreError {
            throw error
        } catch let error as DatabaseError where error.resultCode == .SQLITE_INTERRUPT {
            throw RunStoreError(
                .query, "The query took longer than \(Int(timeLimit / .seconds(1))) s: narrow it down.")
        } catch let error as DatabaseError where error.resultCode == .SQLITE_MISUSE {
            throw RunStoreError(.query, "One question at a time: nothing but a comment may follow the first ';'.")
        } catch let error as DatabaseError {
            throw RunStoreError(.query, "The query cannot be answered: \(error.message ?? "\(error.resultCode)").")
        } catch {
            throw RunStoreError(.query, "The query cannot be answered: \(error).")
        }
    }

    /// In lower case, after comments and white space.
    static func firstWord(of sql: String) -> String {
        var rest = Substring(sql)
        while true {
            rest = rest.drop { $0.isWhitespace || $0 == ";" }
            if rest.hasPrefix("--") {
                rest = rest.drop { !$0.isNewline }
            } else if rest.hasPrefix("/*") {
                rest = rest.dropFirst(2)
                while !rest.isEmpty, !rest.hasPrefix("*/") { rest.removeFirst() }
                rest = rest.dropFirst(2)
            } else {
                return rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }.lowercased()
            }
        }
    }
}

extension QueryResult.Value {
    fileprivate init(_ value: DatabaseValue) {
        switch value.storage {
        case .null: self = .null
        case .int64(let integer): self = .integer(integer)
        case .double(let number): self = .number(number)
        case .string(let text): self = .text(text)
        case .blob(let data): self = .bytes([UInt8](data))
        }
    }
}
