public import Digests
import Numerics

/// What a Hello says about this build.
public enum Software {
    /// Nodes and coordinator must have the same.
    public static let version = "0.1.0"

    /// Digest of canary computations through every kernel: equal on machines that compute the same bits.
    public static func numericFingerprint() -> Digest { Digest.of(NumericFingerprint.compute()) }

    /// Digest of both: what else decides the bits of a result besides its input.
    static var arithmetic: Digest {
        var digest = DigestBuilder("reprise.arithmetic.v1")
        digest.add(version)
        digest.add(numericFingerprint())
        return digest.finish()
    }
}
