/// A question to a server: a path and what follows it. Bodies are not read.
public struct WebRequest: Sendable, Equatable {
    /// The path, decoded, such as `/trajectories`.
    public var path: String
    /// The query's items in order, decoded.
    public var query: [Item]

    /// One item of the query.
    public struct Item: Sendable, Equatable {
        /// Its name.
        public var name: String
        /// Its value.
        public var value: String

        /// A name and a value.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A path and a query.
    public init(_ path: String, _ query: [Item] = []) {
        self.path = path
        self.query = query
    }

    /// The last value of a name; nil where there is none, or an empty one, as forms send for what is left open.
    public subscript(name: String) -> String? {
        query.last { $0.name == name }.flatMap { $0.value.isEmpty ? nil : $0.value }
    }
}
