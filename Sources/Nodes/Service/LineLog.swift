import Foundation
public import Logging

/// Log lines on standard error: `19:04:05.123 notice sampler-1: policy 2 loaded bytes=123`.
///
/// Metadata follows the message in key order, so that the same event always reads the same.
public struct LineLog: LogHandler {
    /// Lines below this level are not written.
    public var logLevel: Logger.Level = .info
    /// Goes with every line.
    public var metadata: Logger.Metadata = [:]
    private let label: String

    /// A handler whose lines carry `label`, the node's name.
    public init(label: String) {
        self.label = label
    }

    /// Reads or sets one metadata value of the handler.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes one line.
    public func log(event: LogEvent) {
        var line = "\(Self.clock()) \(event.level) \(label): \(event.message)"
        // What the message says already, and what is the same in every line, is for machines.
        let own = metadata.filter { !["run", "term"].contains($0.key) }
        let all = own.merging(event.metadata ?? [:]) { $1 }
        for key in all.keys.sorted() where !["task", "attempt", "trace", "span"].contains(key) {
            if let value = all[key] { line += " \(key)=\(value)" }
        }
        line += "\n"
        // A line that the disk does not take is lost; the run goes on.
        try? FileHandle.standardError.write(contentsOf: Data(line.utf8))
    }

    private static func clock() -> String {
        Date.now.formatted(
            .verbatim(
                """
                \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\
                \(second: .twoDigits).\(secondFraction: .fractional(3))
                """, locale: Locale(identifier: "en_US_POSIX"), timeZone: .current,
                calendar: .init(identifier: .gregorian)))
    }
}
