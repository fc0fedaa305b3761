import Files
import Foundation
import Reports
import RunStore

/// What a comparison came to, for terminals.
struct ComparisonTable {
    private let compared: ComparedSystems

    init(_ comparison: ComparisonDirectory) throws {
        compared = try ComparedSystems(ComparisonDirectory.runs(of: comparison.path))
    }

    var lines: [String] {
        guard let note = compared.note else { return ["nothing was evaluated"] }
        return compared.parts.flatMap { part in ["", part.title] + Table(part.table()).lines } + [note]
    }
}

extension ComparisonDirectory {
    /// The runs that have begun.
    static func runs(of path: String) throws -> [ComparedSystems.Run] {
        try entries(of: path).compactMap { entry in
            (try? RunReader(RunDirectory.open("\(path)/\(entry.folder)"))).map {
                ComparedSystems.Run(system: entry.system, seed: entry.seed, reader: $0)
            }
        }
    }

    /// Writes the comparison's report beside its runs.
    func writeReport() throws -> String {
        let runs = try Self.runs(of: path)
        let report = try Report(title: URL(filePath: path).standardizedFileURL.lastPathComponent, runs)
        let file = "\(path)/\(ReportFormat.html.fileName)"
        try FileReplacement.write(Array(report.html.utf8), to: file)
        return file
    }
}

extension Table {
    /// A report's table as lines.
    init(_ table: DataTable) {
        self.init(table.columns)
        for row in table.rows { add(row.map(\.shown)) }
    }
}
