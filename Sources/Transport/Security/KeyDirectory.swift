import Files
import ZeroMQ

// DIR/server.key, DIR/NAME.key     secret, 0600; each goes to its own machine and nowhere else
// DIR/public/server.pub            what nodes know the coordinator by
// DIR/public/allowed               the allow-list

/// A directory that holds the keys of a cluster, as `reprise keys` makes it.
public struct KeyDirectory: Sendable {
    /// As given.
    public let path: String

    /// A directory of keys, whether or not it is there.
    public init(_ path: String) {
        self.path = path
    }

    /// The coordinator's secret key.
    public var serverKey: String { path + "/server.key" }
    /// The coordinator's public key.
    public var serverPublicKey: String { path + "/public/server.pub" }
    /// The allow-list.
    public var allowed: String { path + "/public/allowed" }
    /// A node's secret key.
    public func key(of name: String) -> String { "\(path)/\(name).key" }

    /// Makes the directory, the coordinator's pair, and a list that admits nobody.
    ///
    /// - Throws: `KeyError` when it holds keys already, `FileError` when it cannot be written.
    public func create() throws {
        guard (try? FileStatus(of: serverKey)) == nil else {
            throw KeyError("\(path) holds keys already; add one of a node with reprise keys add \(path) NAME")
        }
        try Directories.create(path, permissions: 0o700)
        try Directories.create(path + "/public")
        let pair = try CurveKeyPair.generate()
        try write(AllowList())
        try KeyFile.write(pair.publicKey, to: serverPublicKey)
        // Last: a directory with this file is complete.
        try KeyFile.write(pair.secretKey, to: serverKey)
    }

    /// Makes a pair for each node, or for nodes that share it, and admits it: all of them, or none.
    ///
    /// - Returns: where the secret halves are.
    /// - Throws: `KeyError` about the first name that cannot be added, `FileError` when the directory is not there or cannot be
    ///   written.
    public func add(_ names: [String]) throws -> [String] {
        try exclusively {
            var list = try list
            let pairs = try names.map { _ in try CurveKeyPair.generate() }
            for (name, pair) in zip(names, pairs) { try list.add(name, pair.publicKey) }
            for (name, pair) in zip(names, pairs) { try KeyFile.write(pair.secretKey, to: key(of: name)) }
            try write(list)
            return names.map(key)
        }
    }

    /// Takes the right to join away from names, and their secret halves from this directory: from all of them, or none.
    ///
    /// - Throws: as `add`.
    public func revoke(_ names: [String]) throws {
        try exclusively {
            var list = try list
            for name in names { try list.revoke(name) }
            try write(list)
            for name in names { try Directories.remove(file: key(of: name)) }
        }
    }

    /// The allow-list.
    public var list: AllowList {
        get throws { try KeyGuard.read(allowed) }
    }

    private func write(_ list: AllowList) throws {
        try FileReplacement.write(Array(list.text.utf8), to: allowed)
    }

    private func exclusively<R>(_ body: () throws -> R) throws -> R {
        guard (try? FileStatus(of: serverKey)) != nil else {
            throw KeyError("\(path) holds no keys; begin with reprise keys init \(path)")
        }
        let lock: FileLock
        do { lock = try FileLock(path: path + "/.lock") } catch let taken as FileLock.Taken {
            throw KeyError("\(path) is being changed by \(taken.holder); try again")
        }
        defer { withExtendedLifetime(lock) {} }
        return try body()
    }
}
