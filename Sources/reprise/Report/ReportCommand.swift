import ArgumentParser
import Files
import Foundation
import JSONLines
import Reports
import RunStore

/// `reprise report`: what runs came to, in one file.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Write what a run came to, or several side by side, into one file.",
        discussion: """
            One run: rewards of every policy by task with intervals and tests, the course of the reward, what was sampled, kept \
            and left out, starvation, overlap, diversity and length, several samples, examples, and the configuration. Several \
            runs, or the directory of a comparison: a table of systems with paired tests, and what differs between them.

            The file stands alone: HTML without scripts or anything from elsewhere, Markdown, or JSON with the same content. \
            It is RUN/report.html unless --output says where; '-' is standard output.

            Examples:
              reprise report runs/demo
              reprise report runs/demo --format markdown --output -
              reprise report runs/one runs/other --output both.html
              reprise report runs/compare
            """)

    @Argument(help: "Directories of runs, or of a comparison.") var runs: [String]
    @Option(help: "html, markdown or json.") var format = ReportFormat.html
    @Option(name: .shortAndLong, help: ArgumentHelp("The file to write; '-' for standard output.", valueName: "file"))
    var output: String?

    func validate() throws {
        if runs.isEmpty { throw ValidationError("Give the directory of a run.") }
        if runs.count > 1, output == nil {
            throw ValidationError("Several runs have no place of their own: say where to write with --output.")
        }
    }

    func run() async throws {
        let found = try ReportedRuns(runs)
        let report: Report
        if found.runs.count == 1, let only = found.runs.first {
            report = Report(try RunFindings(only.reader))
        } else {
            report = try Report(title: found.title, found.runs)
        }
        let text = format.text(of: report)
        guard output != "-" else { return print(text, terminator: "") }
        let path = output ?? "\(RunDirectory.trimmed(runs[0]))/\(format.fileName)"
        do {
            try FileReplacement.write(Array(text.utf8), to: path)
        } catch {
            throw Failure(.output, error.description)
        }
        print(path)
    }
}

/// How a report is written.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
    case html
    case markdown
    case json

    func text(of report: Report) -> String {
        switch self {
        case .html: report.html
        case .markdown: report.markdown
        case .json: report.json.pretty + "\n"
        }
    }

    /// Its name in a run's directory.
    var fileName: String {
        switch self {
        case .html: "report.html"
        case .markdown: "report.md"
        case .json: "report.json"
        }
    }
}

extension RunDirectory {
    /// A path without slashes at its end.
    static func trimmed(_ path: String) -> String {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    /// Writes the report that a finished run has beside it.
    ///
    /// - Throws: what keeps it from being made or written; the run itself is whole all the same.
    func writeReport() throws {
        let report = Report(try RunFindings(RunReader(self)))
        try write(report.html, to: ReportFormat.html.fileName)
    }
}
