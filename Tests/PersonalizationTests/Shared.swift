import Foundation

/// Real text beside the checkout, for tests that are skipped when it is absent.
enum Shared {
    static let root: String = {
        if let path = ProcessInfo.processInfo.environment["REPRISE_SHARED"] { return path }
        return URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared").path()
    }()
    static let longlamp = root + "/data/longlamp"
    static var exists: Bool { FileManager.default.fileExists(atPath: longlamp) }
}
