import CSodium

/// Plain SHA-256 of bytes that arrive in pieces, computed by libsodium.
///
/// How the bytes were cut into pieces does not matter.
public struct StreamingDigest: Sendable {
    private var state = crypto_hash_sha256_state()

    /// The digest of nothing yet.
    public init() {
        // Always 0 in libsodium: its SHA-256 allocates nothing and cannot fail.
        _ = unsafe crypto_hash_sha256_init(&state)
    }

    /// Appends bytes.
    public mutating func update(_ bytes: [UInt8]) { unsafe update(bytes.span.bytes) }

    /// Appends bytes.
    public mutating func update(_ bytes: RawSpan) {
        unsafe bytes.withUnsafeBytes { buffer in
            guard let start = buffer.baseAddress else { return }
            _ = unsafe crypto_hash_sha256_update(
                &state, start.assumingMemoryBound(to: UInt8.self), UInt64(buffer.count))
        }
    }

    /// The digest of everything so far. More may be appended afterwards.
    public mutating func finish() -> Digest {
        var copy = state
        var bytes = [UInt8](repeating: 0, count: 32)
        _ = unsafe crypto_hash_sha256_final(&copy, &bytes)
        return Digest(bytes: bytes) ?? .zero
    }
}
