import Digests

/// Pulls one blob in chunks: about eight in flight, each checked by its digest, lost ones asked for again, the whole checked
/// at the end.
///
/// Requests are credit: the receiver asks for a window of chunks from the first missing one on, so the sender never has more
/// under way than the window, and what arrives ahead of its turn is at most the window. Chunks are handed to the shell in
/// order, which can append them to a file, and a download begun earlier goes on after the chunks it has (`resume`).
/// Selective repeat with a receiver-driven window, as in Tanenbaum, "Computer Networks", section 3.4.
public struct BlobDownload: Sendable {
    /// What the shell has to do.
    public enum Effect: Sendable, Equatable {
        /// Send the request to whoever has the blob.
        case request(ChunkRequest)
        /// Append the bytes: chunks come in order, verified.
        case append(index: UInt32, bytes: [UInt8])
        /// All chunks are appended and the whole blob's digest is right.
        case finished
        case failed(Failure)
    }

    /// Why a download ends without its blob.
    public enum Failure: Error, Sendable, Equatable, CustomStringConvertible {
        /// Chunk counts or sizes contradict each other.
        case badManifest
        /// The sender does not have the blob.
        case notHeld
        /// Requests went unanswered.
        case unanswered
        /// A chunk was wrong several times.
        case damagedChunk(UInt32)
        /// Every chunk was right, but the manifest's digest is not that of the whole.
        case wrongDigest

        /// One sentence.
        public var description: String {
            switch self {
            case .badManifest: "the blob's manifest contradicts itself"
            case .notHeld: "the sender does not have the blob"
            case .unanswered: "the sender does not answer requests for the blob"
            case .damagedChunk(let index): "chunk \(index) of the blob arrived damaged again and again"
            case .wrongDigest: "the blob's chunks do not make up the blob its manifest names"
            }
        }
    }

    private enum State: Equatable { case idle, running, ended }

    /// What is pulled.
    public let manifest: BlobManifest
    private let window: Int
    private let timeout: Duration
    private let attemptLimit: Int
    private var state = State.idle
    /// Index of the first chunk not appended yet.
    private var next = 0
    /// Chunks that arrived ahead of their turn.
    private var ahead: [Int: [UInt8]] = [:]
    /// When each chunk in flight was asked for.
    private var requested: [Int: Instant] = [:]
    /// Time-outs since a chunk last arrived.
    private var timeouts = 0
    private var damaged: [Int: Int] = [:]
    private var digest = StreamingDigest()

    /// A download of nothing yet.
    public init(_ manifest: BlobManifest, window: Int = 8, timeout: Duration = .seconds(2), attemptLimit: Int = 10) {
        self.manifest = manifest
        self.window = max(1, window)
        self.timeout = timeout
        self.attemptLimit = attemptLimit
    }

    /// Chunks appended so far.
    public var appendedCount: Int { next }

    /// Takes the next chunk from what an earlier download left; false, and nothing changes, when it is not that chunk.
    public mutating func resume(with bytes: [UInt8]) -> Bool {
        guard state == .idle, manifest.isConsistent, next < manifest.chunks.count, isRight(bytes, next) else {
            return false
        }
        digest.update(bytes)
        next += 1
        return true
    }

    /// Asks for the first window.
    public mutating func start(at now: Instant) -> [Effect] {
        guard state == .idle else { return [] }
        guard manifest.isConsistent else { return fail(.badManifest) }
        state = .running
        return proceed(at: now)
    }

    /// Takes a chunk; those of other blobs, repeated and unasked ones change nothing.
    public mutating func receive(_ chunk: Chunk, at now: Instant) -> [Effect] {
        let index = Int(chunk.index)
        guard state == .running, chunk.blob == manifest.digest, requested[index] != nil else { return [] }
        if chunk.bytes.isEmpty { return fail(.notHeld) }
        guard isRight(chunk.bytes, index) else {
            damaged[index, default: 0] += 1
            if damaged[index, default: 0] >= 3 { return fail(.damagedChunk(chunk.index)) }
            requested[index] = now
            return [.request(ChunkRequest(blob: manifest.digest, first: chunk.index, count: 1))]
        }
        requested[index] = nil
        timeouts = 0
        ahead[index] = chunk.bytes
        return proceed(at: now)
    }

    /// Asks again for what did not come in time. The wait doubles while nothing comes.
    public mutating func tick(at now: Instant) -> [Effect] {
        guard state == .running else { return [] }
        let wait = timeout * (1 << min(timeouts, 3))
        guard let oldest = requested.values.min(), oldest.duration(to: now) >= wait else { return [] }
        timeouts += 1
        if timeouts >= attemptLimit { return fail(.unanswered) }
        return request(requested.filter { $0.value.duration(to: now) >= wait }.keys.sorted(), at: now)
    }

    private mutating func proceed(at now: Instant) -> [Effect] {
        var effects: [Effect] = []
        while let bytes = ahead.removeValue(forKey: next) {
            digest.update(bytes)
            effects.append(.append(index: UInt32(next), bytes: bytes))
            next += 1
        }
        if next == manifest.chunks.count {
            guard digest.finish() == manifest.digest else { return effects + fail(.wrongDigest) }
            state = .ended
            return effects + [.finished]
        }
        let end = min(next + window, manifest.chunks.count)
        return effects + request((next..<end).filter { ahead[$0] == nil && requested[$0] == nil }, at: now)
    }

    /// One request for every run of consecutive chunks.
    private mutating func request(_ indices: [Int], at now: Instant) -> [Effect] {
        var requests: [ChunkRequest] = []
        for index in indices {
            requested[index] = now
            if let last = requests.last, Int(last.first + last.count) == index {
                requests[requests.count - 1].count += 1
            } else {
                requests.append(ChunkRequest(blob: manifest.digest, first: UInt32(index), count: 1))
            }
        }
        return requests.map { .request($0) }
    }

    private func isRight(_ bytes: [UInt8], _ index: Int) -> Bool {
        bytes.count == manifest.range(ofChunk: index).count && Digest.of(bytes) == manifest.chunks[index]
    }

    private mutating func fail(_ failure: Failure) -> [Effect] {
        state = .ended
        ahead = [:]
        requested = [:]
        return [.failed(failure)]
    }
}
