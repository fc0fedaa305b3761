import Files
import Foundation
import JSONLines

/// What a look at every line of one file found.
public struct DataCheck: Sendable {
    /// The file.
    public var path: String
    /// The task of its rows.
    public var task: WritingTask
    /// The part of the data set.
    public var split: DataSplit
    /// Lines that are rows, wrong ones included.
    public var rows = 0
    /// Rows that cannot be used, each a sentence with file, line and field; the first ones where there are many.
    public var problems: [String] = []
    /// How many there are.
    public var problemCount = 0
    /// Rows with an empty profile, by line.
    public var emptyProfiles: [Int] = []
    /// Rows whose id an earlier row of the split has, by line.
    public var repeatedIDs: [Int] = []
    /// Profile items without any text, by the line of their row.
    public var emptyDocuments: [Int] = []
    /// Rows that also stand in the training rows, by line: what is tested was trained on.
    public var trainedOn: [Int] = []
    /// Users of the file, and those of them who have training rows.
    public var users = (all: 0, trained: 0)

    /// Problems that are kept as sentences.
    static let kept = 20

    mutating func note(_ problem: String) {
        problemCount += 1
        if problems.count < Self.kept { problems.append(problem) }
    }

    /// For people: what is there, then what is wrong or odd.
    public var lines: [String] {
        var lines = ["\(path): \(rows) rows of \(task.rawValue), \(users.all) users"] + problems
        if problemCount > problems.count { lines.append("… and \(problemCount - problems.count) more") }
        for (found, words) in [
            (emptyProfiles, "with an empty profile: data.emptyProfile decides what becomes of them"),
            (repeatedIDs, "with the id of an earlier row: '#2', '#3' … is appended"),
            (emptyDocuments, "with profile items without text: those are never retrieved for their words"),
            (trainedOn, "that also stand in the training rows: they test nothing"),
        ] where !found.isEmpty {
            lines.append("note: \(found.count) rows \(words) (line \(found[0])\(found.count > 1 ? " first" : ""))")
        }
        if users.trained > 0 {
            lines.append("note: \(users.trained) of its \(users.all) users have training rows as well")
        }
        return lines
    }
}

extension DataSet {
    /// Looks at every line of every file.
    ///
    /// - Throws: `FileError` without a directory; `DataError` or `JSONLinesError` for a file that cannot be read at all.
    public func check() throws -> [DataCheck] {
        guard Directories.exists(directory) else {
            throw FileError(path: directory, "\(directory): the data directory does not exist")
        }
        var checks: [DataCheck] = []
        var trained = SeenRows()
        for split in DataSplit.allCases {
            var ids: Set<String> = []
            for task in WritingTask.allCases {
                guard let path = try file(of: task, split) else { continue }
                var check = DataCheck(path: path, task: task, split: split)
                try look(&check, ids: &ids, trained: &trained)
                checks.append(check)
            }
        }
        return checks
    }

    /// Names in the directory that look like data and are not read, in order.
    public var ignoredFiles: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.sorted().filter { name in
            guard name.hasSuffix(".jsonl") || name.hasSuffix(".jsonl.gz") || name.hasSuffix(".json") else {
                return false
            }
            return !WritingTask.allCases.contains { task in
                DataSplit.allCases.contains { split in
                    split.fileNames.contains { name.hasPrefix("\(task.rawValue)_\($0).") }
                        || split.fileNames.contains { name.hasPrefix("\(task.rawValue)_\($0)_outputs.") }
                }
            }
        }
    }

    private func look(_ check: inout DataCheck, ids: inout Set<String>, trained: inout SeenRows) throws {
        let reader = RowReader(
            file: check.path, task: check.task, outputs: try outputs(of: check.task, check.split))
        var lines = try JSONLinesReader(path: check.path)
        var users: Set<String> = []
        while true {
            let example: Example
            let line: Int
            do {
                guard let (number, value) = try lines.next() else { break }
                check.rows += 1
                line = number
                example = try reader.example(from: value, line: number).example
            } catch let error as JSONLinesError {
                check.rows += 1
                check.note("\(error)")
                continue
            } catch let error as DataError {
                check.note("\(error)")
                continue
            }
            if example.profile.isEmpty { check.emptyProfiles.append(line) }
            if !ids.insert(example.id).inserted { check.repeatedIDs.append(line) }
            if example.profile.contains(where: \.text.isEmpty) { check.emptyDocuments.append(line) }
            users.insert(example.user)
            if check.split == .train {
                trained.insert(example)
            } else if trained.contains(example) {
                check.trainedOn.append(line)
            }
        }
        if check.rows == 0 { check.note("\(check.path): the file holds no rows") }
        check.users = (users.count, check.split == .train ? 0 : users.count { trained.contains($0, check.task) })
    }
}

/// The training rows, for the question whether another split holds them too.
private struct SeenRows {
    private var rows: Set<[String]> = []
    private var users: Set<[String]> = []

    mutating func insert(_ example: Example) {
        rows.insert([example.task.rawValue, example.input, example.output])
        users.insert([example.task.rawValue, example.user])
    }

    func contains(_ example: Example) -> Bool { rows.contains([example.task.rawValue, example.input, example.output]) }

    func contains(_ user: String, _ task: WritingTask) -> Bool {
        !user.isEmpty && users.contains([task.rawValue, user])
    }
}
