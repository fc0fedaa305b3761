import Configuration
import Digests
import Foundation
import Nodes
import Reports
import RunStore

/// The runs a report is about, each with the name of its system.
///
/// The runs of a comparison have the names they have there. Of others, runs that differ only in their seed are one system,
/// called by its run.name, or by its directory where two systems have one name.
struct ReportedRuns {
    let title: String
    let runs: [ComparedSystems.Run]

    /// - Throws: `Failure` or `RunStoreError` for a directory that holds neither a run nor a comparison, or has not begun.
    init(_ paths: [String]) throws {
        var runs: [ComparedSystems.Run] = []
        var plain: [PlainRun] = []
        for path in paths {
            if RunDirectory.isRun(path) || !ComparisonDirectory.isComparison(path) {
                plain.append(try PlainRun(path))
            } else {
                runs += try ComparisonDirectory.runs(of: path)
            }
        }
        runs += PlainRun.named(plain)
        guard !runs.isEmpty else { throw Failure(.missing, "none of the runs of \(paths[0]) has begun") }
        self.runs = runs
        let names = paths.map { URL(filePath: $0).standardizedFileURL.lastPathComponent }
        title = names.count == 1 ? names[0] : names.joined(separator: ", ")
    }
}

/// A run that is no part of a comparison.
private struct PlainRun {
    let folder: String
    let name: String
    let seed: UInt64
    /// What is learned, whatever the seed.
    let learned: Digest
    let reader: RunReader

    init(_ path: String) throws {
        let directory = try RunDirectory.open(path)
        reader = try RunReader(directory)
        var configuration = try RunPreparations.configuration(of: directory)
        folder = URL(filePath: path).standardizedFileURL.lastPathComponent
        name = configuration.run.name
        seed = configuration.run.seed
        configuration.run.seed = 0
        learned = configuration.learningDigest
    }

    static func named(_ runs: [PlainRun]) -> [ComparedSystems.Run] {
        runs.map { run in
            let namesakes = runs.filter { $0.name == run.name }
            let isOne =
                Set(namesakes.map(\.learned)).count == 1 && Set(namesakes.map(\.seed)).count == namesakes.count
            return ComparedSystems.Run(system: isOne ? run.name : run.folder, seed: run.seed, reader: run.reader)
        }
    }
}
