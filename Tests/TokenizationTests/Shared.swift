import Foundation

/// The folder of reference files beside the package; tests that need it are skipped visibly where it is absent.
enum Shared {
    static let path: String = {
        if let path = ProcessInfo.processInfo.environment["REPRISE_SHARED"] { return path }
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return package.deletingLastPathComponent().appending(path: "shared").path
    }()

    static var exists: Bool { FileManager.default.fileExists(atPath: path) }
}
