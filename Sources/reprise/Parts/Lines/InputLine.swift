import JSONLines

/// One line of an input, with the place that errors name.
struct InputLine: Sendable {
    /// The file, or "standard input".
    let name: String
    /// From 1.
    let number: Int
    /// All fields, known or not, in order.
    let object: JSONObject

    /// The line with other values; new keys come last.
    func adding(_ pairs: KeyValuePairs<String, JSON>) -> JSONObject {
        var result = object
        for (key, value) in pairs { result[key] = value }
        return result
    }

    /// A sentence about this line.
    func failure(_ problem: String) -> Failure {
        Failure(.data, "\(name), line \(number): \(problem)")
    }

    /// A text that must be there.
    func text(_ field: String) throws -> String {
        guard let value = object[field] else { throw failure("the field \"\(field)\" is missing.") }
        guard let text = value.string else { throw failure("the field \"\(field)\" is not text.") }
        return text
    }

    /// A list of token ids that must be there.
    func tokens(_ field: String) throws -> [Int32] {
        guard let value = object[field] else { throw failure("the field \"\(field)\" is missing.") }
        guard let tokens = Self.tokens(value) else {
            throw failure("the field \"\(field)\" is not a list of token ids, whole numbers from 0 on.")
        }
        return tokens
    }

    /// Token ids of a list; nil when it is something else.
    static func tokens(_ value: JSON) -> [Int32]? {
        guard let array = value.array else { return nil }
        var tokens: [Int32] = []
        tokens.reserveCapacity(array.count)
        for element in array {
            guard let token = element.integer.flatMap(Int32.init(exactly:)), token >= 0 else { return nil }
            tokens.append(token)
        }
        return tokens
    }
}

extension JSON {
    /// A list of token ids.
    init(tokens: some Sequence<Int32>) {
        self = .array(tokens.map { .integer(Int64($0)) })
    }

    /// A number as short as reads back to the same float.
    init(float: Float) {
        self = Double(float.description).map { .number($0) } ?? .null
    }
}
