import Digests
public import JSONLines

/// What to do with a row whose profile is empty.
public enum EmptyProfile: String, Sendable, CaseIterable {
    /// Stop with an error that names the line.
    case error
    /// Leave the row out and count it.
    case skip
    /// Keep the row: it will be written without a profile.
    case allow
}

/// Turns one row of a file into an `Example`, or says which field is wrong.
public struct RowReader: Sendable {
    /// Name used in errors.
    public var file: String
    /// Schema of the rows.
    public var task: WritingTask
    /// id → output, for rows without `output` whose outputs lie in a file beside them (LongLaMP's e-mails).
    public var outputs: [String: String]
    /// Whether a row must have a reference. Commands that only look at the profile do not need one.
    public var needsOutput: Bool

    /// A reader for rows of one task.
    public init(file: String, task: WritingTask, outputs: [String: String] = [:], needsOutput: Bool = true) {
        self.file = file
        self.task = task
        self.outputs = outputs
        self.needsOutput = needsOutput
    }

    /// The task whose user field and profile fields the row has, for rows that come without a file name.
    ///
    /// Topic and commit writing share one schema; such a row is taken for topic writing. A field `task` decides.
    public static func task(of row: JSONObject) -> WritingTask? {
        if let name = row["task"]?.string { return WritingTask(rawValue: name) }
        let item = row["profile"]?.array?.first?.object
        return WritingTask.allCases.first { task in
            guard let item else { return row[task.userField] != nil }
            return item[task.textField] != nil && item[task.titleField] != nil
        }
    }

    /// Reads one row. `idWasDerived` tells whether the row had no id of its own.
    ///
    /// - Throws: `DataError` naming file, line and field.
    public func example(from value: JSON, line: Int) throws(DataError) -> (example: Example, idWasDerived: Bool) {
        guard let row = value.object else { throw DataError(file: file, line: line, "the row is not a JSON object") }
        let input = try text("input", of: row, line: line)
        if input.isEmpty { throw DataError(file: file, line: line, field: "input", "the text is empty") }
        let user = try identifier(task.userField, of: row, line: line) ?? ""
        let ownID = try identifier("id", of: row, line: line)
        var output = ""
        if row["output"] != nil {
            output = try text("output", of: row, line: line)
        } else if let ownID, let found = outputs[ownID] {
            output = Trimmed.text(found)
        } else if needsOutput {
            let hint = outputs.isEmpty ? "" : " and no output has its id"
            throw DataError(file: file, line: line, field: "output", "the row has no output\(hint)")
        }
        if needsOutput, output.isEmpty {
            throw DataError(file: file, line: line, field: "output", "the text is empty")
        }
        let profile = try documents(of: row, line: line)
        let id = ownID ?? derivedID(user: user, input: input, output: output)
        let example = Example(
            id: id, task: task, user: user, input: input, output: output, profile: profile, row: row)
        return (example, ownID == nil)
    }

    private func derivedID(user: String, input: String, output: String) -> String {
        var builder = DigestBuilder("reprise.example")
        builder.add(task.rawValue)
        builder.add(user)
        builder.add(input)
        builder.add(output)
        return builder.finish().short
    }

    private func documents(of row: JSONObject, line: Int) throws(DataError) -> [Document] {
        guard let value = row["profile"] else {
            throw DataError(file: file, line: line, field: "profile", "the row has no profile")
        }
        guard let items = value.array else {
            throw DataError(file: file, line: line, field: "profile", "the profile is not an array")
        }
        var documents: [Document] = []
        documents.reserveCapacity(items.count)
        for (index, item) in items.enumerated() {
            guard let fields = item.object else {
                throw DataError(file: file, line: line, field: "profile[\(index)]", "the item is not a JSON object")
            }
            documents.append(try document(fields, index: index, line: line))
        }
        return documents
    }

    private func document(_ fields: JSONObject, index: Int, line: Int) throws(DataError) -> Document {
        let prefix = "profile[\(index)]."
        guard fields[task.textField] != nil || fields[task.titleField] != nil else {
            throw DataError(
                file: file, line: line, field: prefix + task.textField,
                "the item has neither \(task.textField) nor \(task.titleField); is this \(task.rawValue) data?")
        }
        let title = try optionalText(task.titleField, of: fields, line: line, prefix: prefix)
        let body = try optionalText(task.textField, of: fields, line: line, prefix: prefix)
        var subject = ""
        if let name = task.subjectField { subject = try optionalText(name, of: fields, line: line, prefix: prefix) }
        var rating: Double?
        if let name = task.ratingField, let value = fields[name], value != .null {
            rating = value.double ?? value.string.flatMap { Double($0) }
            if rating == nil {
                throw DataError(file: file, line: line, field: prefix + name, "the rating is not a number")
            }
        }
        return Document(title: title, text: body, subject: subject, rating: rating, fields: fields)
    }

    private func text(_ name: String, of row: JSONObject, line: Int) throws(DataError) -> String {
        guard let value = row[name] else {
            throw DataError(file: file, line: line, field: name, "the row has no \(name)")
        }
        guard let text = value.string else {
            throw DataError(file: file, line: line, field: name, "the value is not text")
        }
        return Trimmed.text(text)
    }

    private func optionalText(
        _ name: String, of row: JSONObject, line: Int, prefix: String
    ) throws(DataError) -> String {
        guard let value = row[name], value != .null else { return "" }
        if let text = value.string { return Trimmed.text(text) }
        // LongLaMP's descriptions are sometimes lists of lines.
        if let parts = value.array {
            let texts = parts.compactMap(\.string)
            if texts.count == parts.count { return Trimmed.text(texts.joined(separator: " ")) }
        }
        throw DataError(file: file, line: line, field: prefix + name, "the value is not text")
    }

    private func identifier(_ name: String, of row: JSONObject, line: Int) throws(DataError) -> String? {
        guard let value = row[name], value != .null else { return nil }
        if let text = value.string { return text.isEmpty ? nil : text }
        if let number = value.integer { return String(number) }
        throw DataError(file: file, line: line, field: name, "the value is neither text nor a whole number")
    }
}
