// Every bound of the wire, in one place. proto/README.md lists them; a change here is a change there.
//
// Bounds are checked in both directions: a node that could be refused learns it when it encodes, with a sentence, and not
// from a peer's silence.

import RolloutCore

/// The bounds both ends keep to.
public struct WireLimits: Sendable, Equatable {
    /// A whole frame, header included.
    public var frameByteCount = 64 << 20
    /// Names: of a node, a software version, a reward.
    public var nameByteCount = 1024
    /// Explanations; longer ones are cut when encoded.
    public static let sentenceByteCount = 4096
    /// One text of a model or of the data.
    public var textByteCount = 16 << 20
    /// One prompt or one trajectory.
    public var tokensPerSequence = 1 << 20
    /// Stop tokens of a decoding.
    public var stopTokens = 256
    /// Prompts of one sample or rationale task.
    public var promptsPerTask = 4096
    /// m.
    public var samplesPerPrompt = 4096
    /// Prompts times samples of one sample task, and items of one score task.
    public var trajectoriesPerTask = 16384
    /// Attempts in one Heartbeat, Release or Cancel; also the largest credit and the most slots.
    public var attemptsPerNode = 4096
    /// Length of every chunk of a blob but the last. The protocol's; a simulation cuts its small blobs smaller.
    public var chunkByteCount = BlobManifest.chunkByteCount
    /// Chunks of one blob: 64 GiB.
    public var chunksPerBlob = 1 << 18
    /// Chunks one request may ask for.
    public var chunksPerRequest = 1024
    /// Items of a page request's query.
    public var queryItems = 64
    /// Any duration.
    public var duration = Duration.seconds(366 * 86400)

    /// Memory a frame may take once unpacked is this plus `unpackedFactor` bytes for each of its own.
    public var unpackedBase = 4 << 20
    /// See `unpackedBase`. Tokens unpack to at most four times their packed size, text and chunks to their own.
    public var unpackedFactor = 4

    /// The bounds of proto/README.md.
    public init() {}
}
