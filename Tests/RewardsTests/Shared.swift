import Foundation

/// The folder of reference files beside the checkout; tests that need it are skipped when it is absent.
enum Shared {
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["REPRISE_SHARED"] { return URL(filePath: path) }
        return URL(filePath: #filePath).appending(path: "../../../../shared").standardized
    }()

    static let exists = FileManager.default.fileExists(atPath: folder.path)

    static func path(_ name: String) -> String { folder.appending(path: name).path }
}
