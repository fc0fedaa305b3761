import ArgumentParser
import Foundation
import RunStore

/// `reprise status`: where a run stands.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show where a run stands, and its results so far.",
        discussion: """
            Example:
              reprise status runs/demo
            """)

    @Argument(help: "The run's directory.") var run: String

    func run() async throws {
        let reader = try RunReader(RunDirectory.open(run))
        for line in RunView(summary: try reader.summary()).lines { print(line) }
        let table = try ResultTable(reader)
        print()
        for line in table.lines { print(line) }
        let tasks = table.taskLines
        if !tasks.isEmpty { print("\n" + tasks.joined(separator: "\n")) }
    }
}

/// `reprise watch`: a run as it goes on.
struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Watch a run until it is finished.",
        discussion: """
            Example:
              reprise watch runs/demo
            """)

    @Argument(help: "The run's directory.") var run: String

    func run() async throws {
        let reader = try RunReader(RunDirectory.open(run))
        var screen = LiveScreen(output: .standardOutput)
        var clock = TrainingClock()
        while true {
            let summary = try reader.summary()
            let view = RunView(
                summary: summary, trainingTimeLeft: clock.timeLeft(summary.training), width: screen.width)
            screen.show(view.lines, plain: view.plain)
            if summary.bestPolicy != nil || summary.halted != nil { break }
            try await Task.sleep(for: .milliseconds(500))
        }
        print()
        for line in try ResultTable(reader).lines { print(line) }
    }
}

/// `reprise digest`: what a run learned, in one line.
struct DigestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "digest",
        abstract: "Print the identity of what a run learned: every selected trajectory and every policy's weights.",
        discussion: """
            Equal configuration, data and base give equal digests, for any number of workers and any faults.

            Example:
              reprise digest runs/demo
            """)

    @Argument(help: "The run's directory.") var run: String

    func run() async throws {
        let reader = try RunReader(RunDirectory.open(run))
        guard try reader.isFinished() else {
            throw Failure(
                .unavailable, "\(run) is not finished; its digest stands when it is (see reprise status \(run))")
        }
        print(try reader.identity())
    }
}

/// `reprise query`: SQL over a run.
struct QueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query", abstract: "Answer a question in SQL about a run; nothing can be changed.",
        discussion: """
            Tables: tasks, rationales, trajectories, rewards, iterations, selections, policies, trainings, evaluations, \
            prompts, leases, events, metrics, nodes; the view results joins trajectories with rewards, what became of them and \
            who sampled them; the view attempts says who tried which task when, and with what outcome.

            Example:
              reprise query runs/demo \\
                "select iteration, outcome, count(*) from results group by 1, 2"
            """)

    @Argument(help: "The run's directory.") var run: String
    @Argument(help: "A SELECT.") var sql: String
    @Option(help: "Most rows.") var limit = 1000

    func run() async throws {
        let result = try RunReader(RunDirectory.open(run)).query(sql, rowLimit: limit)
        var table = Table(result.columns)
        for row in result.rows { table.add(row.map(Self.shown)) }
        for line in table.lines { print(line) }
        if result.isTruncated {
            try? FileHandle.standardError.write(
                contentsOf: Data("only the first \(limit) rows are shown; give --limit for more\n".utf8))
        }
    }

    private static func shown(_ value: QueryResult.Value) -> String {
        switch value {
        case .null: ""
        case .integer(let integer): "\(integer)"
        case .number(let number): "\(number)"
        case .text(let text): Format.printable(text.replacing("\n", with: " ⏎ "), isCell: true)
        case .bytes(let bytes): "\(bytes.count) bytes"
        }
    }
}
