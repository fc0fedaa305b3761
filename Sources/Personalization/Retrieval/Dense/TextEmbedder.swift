public import Digests
public import Encoder
public import Numerics

/// Turns texts into vectors: what dense retrieval needs to know of an encoder.
public protocol TextEmbedder: Sendable {
    /// Identity of everything that decides a vector; equal digests give equal vectors for equal texts.
    var digest: Digest { get }
    /// Numbers in a vector.
    var dimension: Int { get }
    /// One vector a text, in their order; `threads` never changes a bit. `progress` is called from any thread with the
    /// number of texts done since its last call.
    func embed(_ texts: [String], threads: Int, progress: (@Sendable (Int) -> Void)?) -> [Vector]
}

extension TextEncoder: TextEmbedder {}
