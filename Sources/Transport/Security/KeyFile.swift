import Files
import ZeroMQ

// A key file holds one key in Z85, ZeroMQ's text form (RFC 32, rfc.zeromq.org/spec/32), on one line.

/// Files of one key each.
enum KeyFile {
    /// Reads the pair of a secret key.
    ///
    /// - Throws: `FileError`, or `KeyError` when others can read the file or it holds no key.
    static func pair(_ path: String) throws -> CurveKeyPair {
        guard try FileStatus(of: path).isPrivate else {
            throw KeyError("\(path) is a secret key that others can read; take the right away: chmod 600 \(path)")
        }
        guard let secret = CurveSecretKey(try line(path)) else { throw notAKey(path, "secret") }
        return try CurveKeyPair(secretKey: secret)
    }

    /// Reads a public key.
    ///
    /// - Throws: `FileError`, or `KeyError` when the file holds no key.
    static func publicKey(_ path: String) throws -> CurvePublicKey {
        guard let key = CurvePublicKey(try line(path)) else { throw notAKey(path, "public") }
        return key
    }

    /// Writes a secret key that only its owner can read.
    static func write(_ key: CurveSecretKey, to path: String) throws {
        try FileReplacement.write(Array((key.exposed + "\n").utf8), to: path, permissions: 0o600)
    }

    /// Writes a public key.
    static func write(_ key: CurvePublicKey, to path: String) throws {
        try FileReplacement.write(Array("\(key)\n".utf8), to: path)
    }

    private static func line(_ path: String) throws -> String {
        let text = String(decoding: try FileReader.contents(of: path, limit: 4096), as: UTF8.self)
        return text.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
    }

    private static func notAKey(_ path: String, _ kind: String) -> KeyError {
        KeyError("\(path) holds no \(kind) key, which is 40 characters; make keys with reprise keys init")
    }
}
