/// Why data could not be read, as one sentence that says where.
public struct DataError: Error, Sendable, Equatable, CustomStringConvertible {
    /// File the problem is in, or the directory.
    public var file: String
    /// Line in that file, from 1.
    public var line: Int?
    /// Field of the row.
    public var field: String?
    /// What is wrong and what to do.
    public var problem: String

    /// Describes a problem and its place.
    public init(file: String, line: Int? = nil, field: String? = nil, _ problem: String) {
        self.file = file
        self.line = line
        self.field = field
        self.problem = problem
    }

    /// `file:line: field "name": problem`.
    public var description: String {
        var place = file
        if let line { place += ":\(line)" }
        if let field { place += ": field \"\(field)\"" }
        return "\(place): \(problem)"
    }
}
