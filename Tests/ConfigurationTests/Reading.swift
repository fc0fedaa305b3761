import Configuration
import Foundation

/// Reads YAML as if it stood in `/here/a.yaml`, with `--set` assignments after it and the two required keys before.
func read(_ yaml: String, set assignments: String...) throws -> RunConfiguration {
    var reader = ConfigurationReader()
    try reader.add(yaml: "data: {directory: corpus}\nmodel: {base: base}\n", file: "/required.yaml")
    try reader.add(yaml: yaml, file: "/here/a.yaml")
    for assignment in assignments { try reader.add(assignment: assignment) }
    return try reader.configuration()
}

/// The sentence that reading gives, or nothing.
func sentence(_ yaml: String, set assignments: String...) -> String {
    var reader = ConfigurationReader()
    do {
        try reader.add(yaml: "data: {directory: corpus}\nmodel: {base: base}\n", file: "/required.yaml")
        try reader.add(yaml: yaml, file: "/here/a.yaml")
        for assignment in assignments { try reader.add(assignment: assignment) }
        _ = try reader.configuration()
        return ""
    } catch {
        return "\(error)"
    }
}
