public import JSONLines

extension RunConfiguration {
    /// What a configuration file may hold, as a JSON Schema (draft 2020-12) for editors: every key with its values, its
    /// default and what it decides. No key is required, since files go over one another.
    public static var schema: JSON {
        let defaults = RunConfiguration()
        var root = SchemaSection()
        for key in keys {
            guard case .object(var schema) = key.schema else { continue }
            schema["description"] = .string(key.summary)
            if !key.isRequired, let value = key.show(defaults) { schema["default"] = value.json }
            root.add(key.path.split(separator: "."), .object(schema), alternatives: key.alternatives)
        }
        var schema = root.json(path: "")
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        schema["title"] = "A run of Reprise"
        return .object(schema)
    }
}

/// The keys below one heading, while they are gathered.
private struct SchemaSection {
    private var values = JSONObject()
    private var order: [String] = []
    private var sections: [String: SchemaSection] = [:]
    /// Pairs that exclude each other, by their last names.
    private var exclusions: [[String]] = []

    mutating func add(_ path: [Substring], _ schema: JSON, alternatives: [String]) {
        guard let name = path.first.map(String.init) else { return }
        if path.count > 1 {
            if sections[name] == nil { order.append(name) }
            sections[name, default: SchemaSection()].add(Array(path.dropFirst()), schema, alternatives: alternatives)
            return
        }
        order.append(name)
        values[name] = schema
        for other in alternatives.compactMap({ $0.split(separator: ".").last.map(String.init) })
        where !exclusions.contains([other, name]) {
            exclusions.append([name, other])
        }
    }

    /// - Parameter path: dotted, empty for the whole.
    func json(path: String) -> JSONObject {
        var properties = JSONObject()
        for name in order {
            let inner = path.isEmpty ? name : "\(path).\(name)"
            guard let section = sections[name] else {
                properties[name] = values[name]
                continue
            }
            let schema = JSON.object(section.json(path: inner))
            properties[name] = .anyOf((RunConfiguration.shorthand(inner).map { [$0.schema] } ?? []) + [schema])
        }
        var schema: JSONObject = [
            "type": ["object", "null"], "properties": .object(properties), "additionalProperties": false,
        ]
        if !exclusions.isEmpty {
            schema["allOf"] = .array(exclusions.map { ["not": ["required": .array($0.map(JSON.string))]] })
        }
        return schema
    }
}

extension Shown {
    /// The value as JSON: what YAML reads a plain scalar as.
    fileprivate var json: JSON {
        switch self {
        case .scalar(let text):
            if let flag = Bool(text) { return .bool(flag) }
            if let number = Int64(text) { return .integer(number) }
            return Double(text).map(JSON.number) ?? .string(text)
        case .list(let elements): return .array(elements.map(\.json))
        case .mapping(let entries):
            var object = JSONObject()
            for entry in entries { object[entry.key] = entry.value.json }
            return .object(object)
        }
    }
}
