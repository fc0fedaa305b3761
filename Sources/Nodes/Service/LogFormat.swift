import Foundation
import Logging

/// How log lines are written.
public enum LogFormat: String, Sendable, CaseIterable {
    /// For people: `LineLog`.
    case human
    /// For machines: `JSONLog`.
    case json

    /// Makes every logger of this process write such lines on standard error, at the level of `REPRISE_LOG` (`debug`,
    /// `info`, …).
    public func bootstrap() {
        let level = ProcessInfo.processInfo.environment["REPRISE_LOG"].flatMap(Logger.Level.init(rawValue:)) ?? .info
        LoggingSystem.bootstrap { label in
            var handler: any LogHandler =
                switch self {
                case .human: LineLog(label: label)
                case .json: JSONLog(label: label)
                }
            handler.logLevel = level
            return handler
        }
    }
}
