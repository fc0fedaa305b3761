/// What a load read and what it left out, so that nothing is dropped silently.
public struct DataSummary: Sendable, Equatable {
    /// Counts of one file.
    public struct File: Sendable, Equatable {
        /// Path as given.
        public var path: String
        /// Task of its rows.
        public var task: WritingTask
        /// Rows in the file.
        public var rows: Int
        /// Rows left out because their profile is empty (only under `EmptyProfile.skip`).
        public var skippedEmptyProfiles: Int
        /// Rows left out by the limit.
        public var leftOutByLimit: Int
        /// Rows that had no id and got a derived one.
        public var derivedIDs: Int
        /// Rows whose id another row of the split already had; `#2`, `#3` was appended.
        public var repeatedIDs: Int
        /// Profile items without any text; they stay in the profile, so that indices keep their meaning.
        public var emptyDocuments: Int

        /// Rows that became examples.
        public var kept: Int { rows - skippedEmptyProfiles - leftOutByLimit }

        init(path: String, task: WritingTask) {
            (self.path, self.task) = (path, task)
            (rows, skippedEmptyProfiles, leftOutByLimit, derivedIDs, repeatedIDs, emptyDocuments) = (0, 0, 0, 0, 0, 0)
        }
    }

    /// One entry a file, in order of task.
    public var files: [File]

    /// Rows that became examples, over all files.
    public var kept: Int { files.reduce(0) { $0 + $1.kept } }

    /// Starts empty.
    public init(files: [File] = []) { self.files = files }

    /// One line a file: `topic_writing: 245 rows, 240 kept, 5 left out by the limit`.
    public var lines: [String] {
        files.map { file in
            var parts = ["\(file.rows) rows", "\(file.kept) kept"]
            if file.leftOutByLimit > 0 { parts.append("\(file.leftOutByLimit) left out by the limit") }
            if file.skippedEmptyProfiles > 0 { parts.append("\(file.skippedEmptyProfiles) skipped: empty profile") }
            if file.repeatedIDs > 0 { parts.append("\(file.repeatedIDs) repeated ids made unique") }
            if file.emptyDocuments > 0 { parts.append("\(file.emptyDocuments) profile items without text") }
            return "\(file.task.rawValue): " + parts.joined(separator: ", ")
        }
    }
}
