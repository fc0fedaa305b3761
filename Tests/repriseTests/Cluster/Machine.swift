import Foundation

/// What this machine lets tests do.
enum Machine {
    /// Runs a command to its end; its exit status, 127 when it is not there.
    @discardableResult
    static func run(_ line: String) -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", line]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return 127 }
        process.waitUntilExit()
        return process.terminationStatus
    }

    private static let isRoot = getuid() == 0

    /// Whether network namespaces can be made.
    static let hasNamespaces: Bool = {
        let name = "reprise-probe-\(getpid())"
        defer { run("ip netns del \(name)") }
        return isRoot && run("ip netns add \(name) && ip netns exec \(name) ip link set lo up") == 0
    }()

    /// Whether file systems of a fixed size can be mounted.
    static let hasSmallDisks: Bool = {
        guard isRoot, let disk = try? SmallDisk(megabytes: 1) else { return false }
        return (try? Data([1]).write(to: URL(filePath: disk.path + "/file"))) != nil
    }()

    /// Whether the memory of a running process can be limited.
    static let hasLimits = run("command -v prlimit") == 0
}

/// A file system of a few megabytes in memory, gone with its value.
final class SmallDisk: Sendable {
    let path: String

    struct Refused: Error {}

    init(megabytes: Int) throws {
        path = FileManager.default.temporaryDirectory.appending(path: "reprise-disk-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard Machine.run("mount -t tmpfs -o size=\(megabytes)m tmpfs \(path)") == 0 else { throw Refused() }
    }

    /// Leaves no room, whoever else is writing.
    func fill() { Machine.run("cat /dev/zero > \(path)/filler") }

    func empty() throws { try FileManager.default.removeItem(atPath: path + "/filler") }

    deinit {
        // Lazily: a process that is just ending may still have files open.
        Machine.run("umount -l \(path)")
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// A network of two ends on this machine: this process's side, and a namespace whose only way out is a cable to it.
final class Cable: Sendable {
    private let name: String
    /// Addresses of this side and of the far side.
    let near: String
    let far: String

    struct Refused: Error {}

    init() throws {
        let number = Int.random(in: 1..<16_000)
        name = "rp\(number)"
        let network = "10.\(200 + number / 4096).\(number / 16 % 256).\(number % 16 * 16)"
        let prefix = network.split(separator: ".").dropLast().joined(separator: ".")
        let last = number % 16 * 16
        (near, far) = ("\(prefix).\(last + 1)", "\(prefix).\(last + 2)")
        let line = """
            ip netns add \(name) && ip link add \(name)a type veth peer name \(name)b && ip link set \(name)b netns \(name) \
            && ip addr add \(near)/28 dev \(name)a && ip link set \(name)a up \
            && ip netns exec \(name) ip addr add \(far)/28 dev \(name)b \
            && ip netns exec \(name) ip link set \(name)b up && ip netns exec \(name) ip link set lo up
            """
        guard Machine.run(line) == 0 else { throw Refused() }
    }

    /// What runs a command on the far side.
    var wrapper: [String] { ["/usr/bin/env", "ip", "netns", "exec", name] }

    /// Directions of a cut.
    enum Direction: String, CaseIterable, Sendable { case both, outOfNode, intoNode }

    func cut(_ direction: Direction) {
        switch direction {
        case .both: Machine.run("ip link set \(name)a down")
        case .outOfNode: Machine.run("ip netns exec \(name) ip route add blackhole \(near)/32")
        case .intoNode: Machine.run("ip route add blackhole \(far)/32")
        }
    }

    func mend(_ direction: Direction) {
        switch direction {
        case .both: Machine.run("ip link set \(name)a up")
        case .outOfNode: Machine.run("ip netns exec \(name) ip route del blackhole \(near)/32")
        case .intoNode: Machine.run("ip route del blackhole \(far)/32")
        }
    }

    deinit {
        Machine.run("ip route del blackhole \(far)/32; ip link del \(name)a; ip netns del \(name)")
    }
}
