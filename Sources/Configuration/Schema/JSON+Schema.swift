import JSONLines

// Fragments of JSON Schema (draft 2020-12).

extension JSON {
    /// Text that is not empty.
    static let text: JSON = ["type": "string", "minLength": 1]

    /// That word and nothing else.
    static func word(_ word: String) -> JSON { ["const": .string(word)] }

    /// What one of these takes.
    static func anyOf(_ schemas: [JSON]) -> JSON {
        schemas.count == 1 ? schemas[0] : ["anyOf": .array(schemas)]
    }

    /// A whole number within bounds.
    static func integer(from least: Int64, to most: Int64?) -> JSON {
        var schema: JSONObject = ["type": "integer", "minimum": .integer(least)]
        if let most { schema["maximum"] = .integer(most) }
        return .object(schema)
    }

    /// A list whose elements stand there once.
    static func list(of element: JSON, atLeast count: Int64 = 0) -> JSON {
        ["type": "array", "items": element, "minItems": .integer(count), "uniqueItems": true]
    }

    /// `{key: value}` with these keys alone.
    static func mapping(_ properties: JSONObject, required: [String] = []) -> JSON {
        var schema: JSONObject = ["type": "object", "properties": .object(properties), "additionalProperties": false]
        if !required.isEmpty { schema["required"] = .array(required.map(JSON.string)) }
        return .object(schema)
    }
}
