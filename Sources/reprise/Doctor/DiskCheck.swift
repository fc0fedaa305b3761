import Files
import Foundation

/// Whether a directory can hold a run.
enum DiskCheck {
    private static let network: Set<Substring> = [
        "nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "ceph", "glusterfs",
    ]

    /// Writes small files as a run does, and looks how long each takes to be durable.
    static func look(at directory: String) -> Finding {
        let path = URL(filePath: directory).standardizedFileURL.path(percentEncoded: false)
        guard Directories.exists(path) else { return Finding("disk", .bad, "\(directory) is no directory") }
        var times: [Duration] = []
        let file = path + "/.reprise-doctor"
        do {
            for _ in 0..<15 {
                let began = ContinuousClock.now
                try FileReplacement.write([UInt8](repeating: 0, count: 4096), to: file)
                times.append(began.duration(to: .now))
            }
            try Directories.remove(file: file)
        } catch { return Finding("disk", .bad, error.description) }
        let median = times.sorted()[times.count / 2]
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: path)
        let free = (attributes?[.systemFreeSize] as? NSNumber)?.intValue ?? 0
        let kind = fileSystem(of: path)
        let text =
            "\(Format.bytes(free)) free, \(Format.number(median / .milliseconds(1))) ms until a file is durable (\(kind))"
        if network.contains(Substring(kind)) {
            return Finding("disk", .note, text + ": a coordinator wants a local disk")
        }
        if free < 1 << 30 { return Finding("disk", .note, text + ": little room") }
        return median > .milliseconds(100)
            ? Finding("disk", .note, text + ": slow for a coordinator") : Finding("disk", .fine, text)
    }

    /// The file system's kind, from the longest mount point that leads to the path.
    private static func fileSystem(of path: String) -> String {
        let mounts = (try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)) ?? ""
        let candidates = mounts.split(separator: "\n").compactMap { line -> (point: Substring, kind: Substring)? in
            let fields = line.split(separator: " ")
            guard fields.count > 2 else { return nil }
            let point = fields[1]
            return point == "/" || path == point || path.hasPrefix(point + "/") ? (point, fields[2]) : nil
        }
        return candidates.max { $0.point.count < $1.point.count }.map { String($0.kind) } ?? "unknown file system"
    }
}
