import Foundation

/// The reference files beside the checkout, when they are there.
enum Shared {
    static let directory: URL = {
        if let path = ProcessInfo.processInfo.environment["REPRISE_SHARED"] { return URL(filePath: path) }
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return root.deletingLastPathComponent().appending(path: "shared")
    }()

    static let exists = FileManager.default.fileExists(atPath: directory.path)

    static func path(_ relative: String) -> String { directory.appending(path: relative).path }

    static func bytes(_ relative: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: directory.appending(path: relative)))
    }
}
