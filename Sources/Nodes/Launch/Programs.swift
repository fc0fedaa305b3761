import Foundation

/// Programs of the user's, before they are started.
enum Programs {
    /// Whether `posix_spawnp` would find it.
    ///
    /// - Parameter directory: where it would run; empty for the current directory.
    static func isThere(_ name: String, in directory: String = "") -> Bool {
        let files = FileManager.default
        if name.contains("/") {
            let place = directory.isEmpty ? files.currentDirectoryPath : directory
            return files.isExecutableFile(atPath: name.hasPrefix("/") ? name : place + "/" + name)
        }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/bin:/usr/bin"
        return path.split(separator: ":").contains { files.isExecutableFile(atPath: "\($0)/\(name)") }
    }
}
