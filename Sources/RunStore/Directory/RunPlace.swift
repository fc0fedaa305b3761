import Files
import Foundation

/// Which directory on which machine this is, as opposed to a copy of it.
///
/// A lock keeps two coordinators off one directory; a copy has a lock of its own. Each term is recorded with the place it was
/// begun in: one that finds another place there is working on a copy (or on a run that was moved to another file system), and
/// goes on in a far higher term, so that no two coordinators ever share one.
struct RunPlace: Sendable, Equatable {
    /// Of the machine, or of the container.
    var machine: String
    /// Device and number of the directory: a copy has another.
    var directory: String
    /// For people, and to look whether the original is in use.
    var path: String

    /// The place of a directory that exists.
    init(of path: String) {
        machine = Self.machineID
        directory = Directories.identity(path) ?? "?"
        self.path = URL(filePath: path).standardizedFileURL.path
    }

    /// Reads what `column` wrote.
    init?(column: String) {
        let parts = column.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3 else { return nil }
        (machine, directory, path) = (parts[0], parts[1], parts[2])
    }

    var column: String { "\(machine) \(directory) \(path)" }

    /// Whether both are one directory, wherever it was moved on its file system.
    func isSame(as other: RunPlace) -> Bool { machine == other.machine && directory == other.directory }

    /// Whether this directory is still there, on this machine.
    var isHere: Bool { isSame(as: RunPlace(of: path)) }

    private static let machineID: String = {
        let text = (try? String(contentsOfFile: "/etc/machine-id", encoding: .utf8)) ?? ""
        let id = text.trimmingCharacters(in: .whitespacesAndNewlines)
        return id.isEmpty ? ProcessInfo.processInfo.hostName : id
    }()
}

/// The term a start is to use.
public struct NextTerm: Sendable, Equatable {
    /// Higher than every recorded one.
    public var number: UInt64
    /// Where the run was when it was last worked on, when that is not here.
    public var original: String?
}
