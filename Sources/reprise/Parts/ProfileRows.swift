public import ArgumentParser
import JSONLines
public import Personalization

extension WritingTask: ExpressibleByArgument {}

/// How commands that look at profiles read their rows.
struct ProfileRows: ParsableArguments {
    /// What to do with a row without earlier texts. Leaving rows out would break the order of lines.
    enum Empty: String, ExpressibleByArgument, CaseIterable {
        case error
        case allow
    }

    @Option(help: "Schema of the rows; told by their fields unless given.") var task: WritingTask?
    @Option(help: "Whether a row with an empty profile is an error.") var emptyProfile = Empty.error

    /// The row as an example; its reference need not be there.
    func example(_ line: InputLine) throws -> Example {
        guard let task = task ?? RowReader.task(of: line.object) else {
            throw line.failure("the fields are those of no task of LongLaMP; name one with --task.")
        }
        let example: Example
        do {
            let reader = RowReader(file: line.name, task: task, needsOutput: false)
            example = try reader.example(from: .object(line.object), line: line.number).example
        } catch {
            let field = error.field.map { "field \"\($0)\": " } ?? ""
            throw line.failure("\(field)\(error.problem).")
        }
        if example.profile.isEmpty, emptyProfile == .error {
            throw line.failure("the profile is empty; --empty-profile allow lets such rows through.")
        }
        return example
    }
}
