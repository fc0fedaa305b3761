/// One key of the configuration: its dotted name, how it is read and printed, and what it means. `Settings.all` holds each
/// once; reading, printing, checking and documentation follow from it.
public struct Setting: Sendable {
    /// The dotted key, for example `sampling.samplesPerPrompt`.
    public let key: String
    /// What it means, its unit and range: one line.
    public let meaning: String
    /// Whether it decides what is learned. Paths do not: what they lead to does, and is digested itself.
    public let isLearned: Bool
    /// Reads the value into a configuration; the directory is what relative paths are relative to.
    let read: @Sendable (inout RunConfiguration, LeafValue, _ directory: String) throws(Problem) -> Void
    /// The value as YAML, or nil when another key of its kind holds it (`epochs` where `steps` is set).
    let print: @Sendable (RunConfiguration) -> String?

    /// What is wrong with a value, without where.
    struct Problem: Error {
        let text: String
    }
}

/// A leaf of the YAML tree.
enum LeafValue: Equatable {
    case scalar(String)
    case list([String])
}

/// A type that settings can hold.
protocol SettingValue: SendableMetatype {
    static var expectation: String { get }
    init?(raw: LeafValue)
    var yaml: String { get }
}

extension SettingValue {
    static func read(_ raw: LeafValue) throws(Setting.Problem) -> Self {
        guard let value = Self(raw: raw) else {
            throw Setting.Problem(text: "expects \(expectation), not \(raw.shown)")
        }
        return value
    }
}

extension LeafValue {
    var shown: String {
        switch self {
        case .scalar(let text): text.isEmpty ? "nothing" : "`\(text)`"
        case .list: "a list"
        }
    }
}

extension Int: SettingValue {
    static var expectation: String { "a whole number" }
    init?(raw: LeafValue) {
        guard case .scalar(let text) = raw, let value = Int(text.filter { $0 != "_" }) else { return nil }
        self = value
    }
    var yaml: String { String(self) }
}

extension UInt64: SettingValue {
    static var expectation: String { "a whole number that is not negative" }
    init?(raw: LeafValue) {
        guard case .scalar(let text) = raw, let value = UInt64(text) else { return nil }
        self = value
    }
    var yaml: String { String(self) }
}

extension Double: SettingValue {
    static var expectation: String { "a number" }
    init?(raw: LeafValue) {
        guard case .scalar(let text) = raw, let value = Double(text), value.isFinite else { return nil }
        self = value
    }
    var yaml: String { "\(self)" }
}

extension String: SettingValue {
    static var expectation: String { "a text" }
    init?(raw: LeafValue) {
        guard case .scalar(let text) = raw else { return nil }
        self = text
    }
    var yaml: String {
        let isPlain =
            !isEmpty && Double(self) == nil && !["true", "false", "null", "~", "yes", "no"].contains(lowercased())
            && allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-./".contains($0)) } && first != "-"
        if isPlain { return self }
        let escaped = replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        return "\"\(escaped)\""
    }
}

extension [String]: SettingValue {
    static var expectation: String { "a list of texts" }
    init?(raw: LeafValue) {
        switch raw {
        case .list(let texts): self = texts
        case .scalar(let text):
            // `--set data.tasks=a,b`
            self = text.split(separator: ",").map { String($0.trimmingPrefix { $0 == " " }) }
        }
    }
    var yaml: String { "[" + map(\.yaml).joined(separator: ", ") + "]" }
}

extension SettingValue where Self: RawRepresentable<String>, Self: CaseIterable {
    static var expectation: String { "one of " + allCases.map(\.rawValue).joined(separator: ", ") }
    init?(raw: LeafValue) {
        guard case .scalar(let text) = raw, let value = Self(rawValue: text) else { return nil }
        self = value
    }
    var yaml: String { rawValue }
}

extension RunConfiguration.Mode: SettingValue {}
extension RunConfiguration.EmptyProfile: SettingValue {}
extension RunConfiguration.Retriever: SettingValue {}
extension RunConfiguration.Rationale: SettingValue {}
extension RunConfiguration.Optimizer: SettingValue {}
extension RunConfiguration.Schedule: SettingValue {}
extension RunConfiguration.Start: SettingValue {}
extension RunConfiguration.Scope: SettingValue {}
extension RunConfiguration.Weighting: SettingValue {}
