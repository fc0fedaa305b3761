import Foundation
import JSONLines
public import Logging

/// Log lines as JSON Lines on standard error.
///
/// Every line has `time` (UTC, RFC 3339 with milliseconds), `level`, `node` and `message`; `run` (the first digits of its
/// digest) and `term` once they are known; and, where it is about an attempt at a task, `task`, `attempt`, `trace` and
/// `span` (see `Trace`).
public struct JSONLog: LogHandler {
    /// Lines below this level are not written.
    public var logLevel: Logger.Level = .info
    /// Goes with every line.
    public var metadata: Logger.Metadata = [:]
    private let label: String
    private let write: @Sendable (String) -> Void

    /// A handler whose lines carry `label`, the node's name.
    public init(label: String) {
        self.init(label: label) { line in
            // A line that the disk does not take is lost; the run goes on.
            try? FileHandle.standardError.write(contentsOf: Data(line.utf8))
        }
    }

    init(label: String, write: @escaping @Sendable (String) -> Void) {
        self.label = label
        self.write = write
    }

    /// Reads or sets one metadata value of the handler.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes one line.
    public func log(event: LogEvent) { write(line(event, at: .now) + "\n") }

    func line(_ event: LogEvent, at time: Date) -> String {
        var object: JSONObject = [
            "time": .string(time.formatted(Self.time)), "level": .string("\(event.level)"), "node": .string(label),
            "message": .string("\(event.message)"),
        ]
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        for key in all.keys.sorted() where object[key] == nil { object[key] = all[key].map(Self.json) }
        return JSON.object(object).serialized()
    }

    private static let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    private static func json(_ value: Logger.Metadata.Value) -> JSON {
        switch value {
        case .string(let text): .string(text)
        case .stringConvertible(let value): .string("\(value)")
        case .array(let values): .array(values.map(json))
        case .dictionary(let values):
            .object(
                values.keys.sorted().reduce(into: JSONObject()) { object, key in object[key] = values[key].map(json) })
        }
    }
}
