import Digests
import JSONLines
import RolloutCore

/// What a policy is called outside: its directory, and its name on the server that holds it.
///
/// The name carries the weights' digest, so that a server which holds another run's policy of the same version is not taken
/// for one that holds this.
struct PolicyName: Sendable, Equatable {
    /// `policy-3-1a2b3c4d5e6f`.
    let text: String
    /// Where its checkpoint is.
    let directory: String
    private let version: String
    private let weights: String

    /// - Parameter parent: the directory of all policies.
    init(_ policy: PolicyManifest, in parent: String) {
        version = "\(policy.version)"
        weights = policy.weights.short
        text = "policy-\(version)-\(weights)"
        directory = "\(parent)/\(text)"
    }

    /// Whether a directory's name is one of a policy.
    static func isOne(_ name: String) -> Bool {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        return parts.count == 3 && parts[0] == "policy" && UInt32(parts[1]) != nil && parts[2].utf8.count == 12
            && parts[2].allSatisfy(\.isHexDigit)
    }

    /// The text with `{policy}`, `{version}`, `{weights}` and `{directory}` filled in; other braces stay.
    func fill(_ template: String) -> String {
        let values = ["policy": text, "version": version, "weights": weights, "directory": directory]
        var filled = ""
        var rest = template[...]
        while let open = rest.firstIndex(of: "{") {
            filled += rest[..<open]
            rest = rest[open...]
            if let close = rest.firstIndex(of: "}"), let value = values[String(rest[rest.index(after: open)..<close])] {
                filled += value
                rest = rest[rest.index(after: close)...]
            } else {
                filled.append(rest.removeFirst())
            }
        }
        return filled + rest
    }

    /// The same in every text of a value, so that nothing filled in can be taken for structure.
    func fill(_ template: JSON) -> JSON {
        switch template {
        case .string(let text): return .string(fill(text))
        case .array(let values): return .array(values.map { fill($0) })
        case .object(let object):
            var filled = JSONObject()
            for (name, value) in object { filled[name] = fill(value) }
            return .object(filled)
        case .null, .bool, .integer, .number: return template
        }
    }

    /// A command's words; the directory comes last where no word names the policy.
    func fill(command words: [String]) -> [String] {
        let filled = words.map { fill($0) }
        return filled == words ? words + [directory] : filled
    }
}
