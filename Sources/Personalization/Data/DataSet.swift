import Files
import Foundation
import JSONLines

/// The part of a data set, named as in LongLaMP's files.
public enum DataSplit: String, Sendable, Hashable, CaseIterable {
    case train
    /// Files may also be named `validation`.
    case validation = "val"
    case test

    var fileNames: [String] { self == .validation ? ["val", "validation"] : [rawValue] }
}

/// How a split is loaded.
public struct LoadOptions: Sendable, Equatable {
    /// Tasks to read; nil for those whose file is there.
    public var tasks: [WritingTask]?
    /// Most examples, over all tasks of the split; nil for all.
    public var limit: Int?
    /// Which examples when there are more than `limit`.
    public var choice: ExampleChoice
    /// What to do with a row whose profile is empty.
    public var emptyProfile: EmptyProfile
    /// Whether `Example.row` keeps the row. Off, a large data set needs half the memory.
    public var keepsRows: Bool

    /// All tasks, no limit, an empty profile is an error.
    public init(
        tasks: [WritingTask]? = nil, limit: Int? = nil, choice: ExampleChoice = .first,
        emptyProfile: EmptyProfile = .error, keepsRows: Bool = false
    ) {
        self.tasks = tasks
        self.limit = limit
        self.choice = choice
        self.emptyProfile = emptyProfile
        self.keepsRows = keepsRows
    }
}

/// A directory of LongLaMP files: `<task>_<split>.jsonl` or `.jsonl.gz`, one row a line.
///
/// A row holds `input`, `output`, `profile` and the task's user id (arXiv 2407.11016, section 3). E-mail rows may lack
/// `output`; then `<task>_<split>_outputs.jsonl[.gz]` with `{"id", "output"}` a line, or `<task>_<split>_outputs.json`
/// with `{"golds": [{"id", "output"}]}`, holds them.
public struct DataSet: Sendable {
    /// The directory.
    public var directory: String

    /// Names a directory; nothing is read.
    public init(directory: String) { self.directory = directory }

    /// The file of a task and split, if it is there.
    ///
    /// - Throws: `DataError` when there are two that could be meant.
    public func file(of task: WritingTask, _ split: DataSplit) throws(DataError) -> String? {
        try existing(split.fileNames.flatMap { ["\(task.rawValue)_\($0).jsonl", "\(task.rawValue)_\($0).jsonl.gz"] })
    }

    /// Reads one split, tasks in order of declaration, rows in order of line.
    ///
    /// - Throws: `FileError` without a directory; `DataError`, or `JSONLinesError` for a file that is not JSON Lines, which
    ///   name file and line.
    public func load(
        _ split: DataSplit, _ options: LoadOptions = LoadOptions()
    ) throws -> (examples: [Example], summary: DataSummary) {
        guard Directories.exists(directory) else {
            throw FileError(path: directory, "\(directory): the data directory does not exist")
        }
        let wanted = options.tasks.map { Array(Set($0)).sorted() } ?? WritingTask.allCases
        var examples: [Example] = []
        var summary = DataSummary()
        var seen = Set<String>()
        for task in wanted {
            guard let path = try file(of: task, split) else {
                if options.tasks == nil { continue }
                throw DataError(
                    file: directory, "there is no \(task.rawValue)_\(split.rawValue).jsonl or .jsonl.gz")
            }
            let outputs = try outputs(of: task, split)
            let reader = RowReader(file: path, task: task, outputs: outputs)
            summary.files.append(try read(reader, options, into: &examples, seen: &seen))
        }
        if summary.files.isEmpty {
            throw DataError(
                file: directory,
                "there is no <task>_\(split.rawValue).jsonl or .jsonl.gz; tasks are "
                    + WritingTask.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return (choose(&summary, examples, options), summary)
    }

    private func choose(_ summary: inout DataSummary, _ examples: [Example], _ options: LoadOptions) -> [Example] {
        let chosen = options.choice.indices(of: examples.map(\.task), limit: options.limit).map { examples[$0] }
        for index in summary.files.indices {
            let task = summary.files[index].task
            let kept = chosen.count { $0.task == task }
            summary.files[index].leftOutByLimit = summary.files[index].kept - kept
        }
        return chosen
    }

    private func read(
        _ reader: RowReader, _ options: LoadOptions, into examples: inout [Example], seen: inout Set<String>
    ) throws -> DataSummary.File {
        var file = DataSummary.File(path: reader.file, task: reader.task)
        var repeats: [String: Int] = [:]
        var lines = try JSONLinesReader(path: reader.file)
        while let (line, value) = try lines.next() {
            var (example, idWasDerived) = try reader.example(from: value, line: line)
            file.rows += 1
            if example.profile.isEmpty {
                switch options.emptyProfile {
                case .allow: break
                case .skip:
                    file.skippedEmptyProfiles += 1
                    continue
                case .error:
                    throw DataError(
                        file: reader.file, line: line, field: "profile",
                        "the profile is empty; set emptyProfile to skip or allow to go on without it")
                }
            }
            file.emptyDocuments += example.profile.count { $0.text.isEmpty }
            if idWasDerived { file.derivedIDs += 1 }
            let id = example.id
            while !seen.insert(example.id).inserted {
                let times = repeats[id, default: 1] + 1
                repeats[id] = times
                example.id = "\(id)#\(times)"
            }
            if example.id != id { file.repeatedIDs += 1 }
            if !options.keepsRows { example.forgetRow() }
            examples.append(example)
        }
        if file.rows == 0 { throw DataError(file: reader.file, "the file holds no rows") }
        return file
    }

    // MARK: Outputs in a file beside the rows

    func outputs(of task: WritingTask, _ split: DataSplit) throws -> [String: String] {
        let stems = split.fileNames.map { "\(task.rawValue)_\($0)_outputs" }
        if let path = try existing(stems.flatMap { [$0 + ".jsonl", $0 + ".jsonl.gz"] }) {
            var found: [String: String] = [:]
            var lines = try JSONLinesReader(path: path)
            while let (line, value) = try lines.next() {
                let (id, output) = try Self.pair(value, file: path, line: line)
                found[id] = output
            }
            return found
        }
        guard let path = try existing(stems.map { $0 + ".json" }) else { return [:] }
        let bytes = try FileReader.contents(of: path, limit: 1 << 30)
        let value: JSON
        do { value = try JSON.parse(bytes) } catch { throw DataError(file: path, "not JSON: \(error)") }
        guard let golds = value["golds"]?.array ?? value.array else {
            throw DataError(file: path, field: "golds", "there is no array of outputs")
        }
        var found: [String: String] = [:]
        for gold in golds {
            let (id, output) = try Self.pair(gold, file: path, line: nil)
            found[id] = output
        }
        return found
    }

    private static func pair(_ value: JSON, file: String, line: Int?) throws(DataError) -> (String, String) {
        guard let id = value["id"]?.string ?? value["id"]?.integer.map(String.init) else {
            throw DataError(file: file, line: line, field: "id", "an output without an id")
        }
        guard let output = value["output"]?.string else {
            throw DataError(file: file, line: line, field: "output", "the output of \(id) is missing or not text")
        }
        return (id, output)
    }

    private func existing(_ names: [String]) throws(DataError) -> String? {
        let found = names.map { directory + "/" + $0 }.filter { FileManager.default.fileExists(atPath: $0) }
        guard found.count < 2 else {
            throw DataError(file: found[0], "\(found[1]) could be meant as well: remove one of the two")
        }
        return found.first
    }
}

extension Example {
    /// Drops what only commands that echo rows need.
    mutating func forgetRow() {
        row = JSONObject()
        for index in profile.indices { profile[index].fields = JSONObject() }
    }
}
