import Checkpoints
import Files
import Foundation

/// What a server is given of a policy.
enum ServedPolicy: Sendable {
    case checkpoint(Checkpoint)
    case adapter(LowRankAdapter)

    /// Writes a directory in the Hugging Face layout or in PEFT's, which appears complete or not at all.
    func save(directory: String) throws {
        switch self {
        case .checkpoint(let checkpoint): try checkpoint.save(directory: directory)
        case .adapter(let adapter): try adapter.save(directory: directory)
        }
    }

    /// Whether a directory is there and holds a policy in this form.
    func isThere(_ directory: String) -> Bool {
        let isAdapter = FileManager.default.fileExists(atPath: directory + "/" + LowRankAdapter.configName)
        return switch self {
        case .checkpoint: Directories.exists(directory) && !isAdapter
        case .adapter: isAdapter
        }
    }
}
