import Digests

/// Blobs on their way into this process's memory, several at a time, each pulled once whoever needs it.
public struct Downloads: Sendable {
    /// What the shell has to do.
    public enum Action: Sendable, Equatable {
        /// Send the request to whoever has the blob.
        case request(ChunkRequest)
        /// The blob is here, whole and verified.
        case arrived(BlobManifest, [UInt8])
        /// The blob could not be had.
        case failed(BlobManifest, BlobDownload.Failure)
    }

    /// How much is asked for ahead, and how patiently.
    public struct Pace: Sendable, Equatable {
        /// Chunks under way at a time.
        public var window = 8
        /// Time without an answer after which a chunk is asked for again.
        public var timeout = Duration.seconds(2)
        /// Time-outs in a row after which a download has failed.
        public var attemptLimit = 10
        /// The pace of the protocol.
        public init() {}
    }

    private struct Entry {
        let manifest: BlobManifest
        var download: BlobDownload
        var bytes: [UInt8] = []
    }

    private var entries: [Entry] = []
    private let pace: Pace

    /// Nothing under way.
    public init(pace: Pace = Pace()) { self.pace = pace }

    /// What is under way, for people.
    public var names: [String] {
        entries.map { "blob \($0.manifest.digest.short) (\($0.bytes.count) of \($0.manifest.byteCount) bytes)" }
    }

    /// Starts pulling a blob unless that is under way.
    public mutating func begin(_ manifest: BlobManifest, at now: Instant) -> [Action] {
        guard !entries.contains(where: { $0.manifest == manifest }) else { return [] }
        entries.append(
            Entry(
                manifest: manifest,
                download: BlobDownload(
                    manifest, window: pace.window, timeout: pace.timeout, attemptLimit: pace.attemptLimit)))
        return advance(entries.count - 1) { $0.start(at: now) }
    }

    /// Takes a chunk of any of them.
    public mutating func receive(_ chunk: Chunk, at now: Instant) -> [Action] {
        guard let index = entries.firstIndex(where: { $0.manifest.digest == chunk.blob }) else { return [] }
        return advance(index) { $0.receive(chunk, at: now) }
    }

    /// Asks again for what did not come in time.
    public mutating func tick(at now: Instant) -> [Action] {
        entries.indices.reversed().flatMap { index in advance(index) { $0.tick(at: now) } }
    }

    private mutating func advance(_ index: Int, _ step: (inout BlobDownload) -> [BlobDownload.Effect]) -> [Action] {
        var actions: [Action] = []
        for effect in step(&entries[index].download) {
            switch effect {
            case .request(let request): actions.append(.request(request))
            case .append(_, let bytes): entries[index].bytes += bytes
            case .finished:
                let entry = entries.remove(at: index)
                return actions + [.arrived(entry.manifest, entry.bytes)]
            case .failed(let failure):
                let entry = entries.remove(at: index)
                return actions + [.failed(entry.manifest, failure)]
            }
        }
        return actions
    }
}
