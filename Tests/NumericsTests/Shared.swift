import Foundation

/// Reference material beside the package: `../shared`, or wherever REPRISE_SHARED says.
enum Shared {
    static let directory: URL = {
        if let path = ProcessInfo.processInfo.environment["REPRISE_SHARED"] { return URL(filePath: path) }
        return URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared")
    }()

    static var exists: Bool { FileManager.default.fileExists(atPath: directory.path) }
}
