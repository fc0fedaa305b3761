import CZeroMQ

/// A CURVE key in Z85, 40 characters.
public struct CurvePublicKey: Sendable, Hashable, CustomStringConvertible {
    /// Z85 text.
    public let description: String

    /// `nil` unless `text` is 40 characters of Z85.
    public init?(_ text: String) {
        guard isCurveKey(text) else { return nil }
        description = text
    }

    /// From the key's 32 bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        var text = [CChar](repeating: 0, count: 41)
        guard unsafe zmq_z85_encode(&text, bytes, 32) != nil else { return nil }
        self.init(CurveKeyPair.text(text))
    }
}

/// A secret CURVE key. It has no description, so that it cannot slip into a log.
public struct CurveSecretKey: Sendable, Equatable {
    let text: String

    /// `nil` unless `text` is 40 characters of Z85.
    public init?(_ text: String) {
        guard isCurveKey(text) else { return nil }
        self.text = text
    }

    /// Z85 text, to be written to a file only its owner can read.
    public var exposed: String { text }
}

/// A node's identity where CURVE is on.
public struct CurveKeyPair: Sendable, Equatable {
    /// Known to peers.
    public let publicKey: CurvePublicKey
    /// Known to its owner alone.
    public let secretKey: CurveSecretKey

    /// A new pair from the system's random numbers. Throws when libzmq was built without CURVE.
    public static func generate() throws(ZeroMQError) -> CurveKeyPair {
        var publicText = [CChar](repeating: 0, count: 41)
        var secretText = [CChar](repeating: 0, count: 41)
        guard unsafe zmq_curve_keypair(&publicText, &secretText) == 0 else { throw .last("generate a CURVE key pair") }
        guard let publicKey = CurvePublicKey(text(publicText)), let secretKey = CurveSecretKey(text(secretText)) else {
            throw ZeroMQError(operation: "generate a CURVE key pair", code: EINVAL)
        }
        return CurveKeyPair(publicKey: publicKey, secretKey: secretKey)
    }

    /// The pair of a secret key.
    public init(secretKey: CurveSecretKey) throws(ZeroMQError) {
        var publicText = [CChar](repeating: 0, count: 41)
        guard unsafe zmq_curve_public(&publicText, secretKey.text) == 0,
            let publicKey = CurvePublicKey(Self.text(publicText))
        else { throw ZeroMQError(operation: "derive the public key of a CURVE secret key", code: EINVAL) }
        self.init(publicKey: publicKey, secretKey: secretKey)
    }

    private init(publicKey: CurvePublicKey, secretKey: CurveSecretKey) {
        self.publicKey = publicKey
        self.secretKey = secretKey
    }

    fileprivate static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

private func isCurveKey(_ text: String) -> Bool {
    let alphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
    return text.utf8.count == 40 && text.allSatisfy { alphabet.contains($0) }
}
