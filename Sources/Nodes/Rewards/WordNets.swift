import Foundation
public import Rewards
import Synchronization

/// Where this machine has WordNet; read once for all slots.
public enum WordNets {
    private static let loaded = Mutex<[String: WordNet]>([:])

    /// WordNet from a directory that was named, else from `WNHOME`; either may be the `dict` directory or the one above it.
    ///
    /// - Returns: nil when none is named.
    /// - Throws: a sentence when the directory named holds none.
    public static func find(_ named: String? = nil) throws -> WordNet? {
        guard let place = named ?? ProcessInfo.processInfo.environment["WNHOME"], !place.isEmpty else { return nil }
        let directories = [place, place + "/dict"]
        let directory = directories.first { FileManager.default.fileExists(atPath: $0 + "/index.noun") } ?? place
        return try loaded.withLock { loaded in
            if let found = loaded[directory] { return found }
            let wordNet = try WordNet(directory: directory)
            loaded[directory] = wordNet
            return wordNet
        }
    }
}
