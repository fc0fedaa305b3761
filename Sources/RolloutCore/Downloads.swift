import Digests

/// Blobs on their way into this process's memory.
public typealias Downloads = BlobDownloads<BlobInMemory>

/// Blobs on their way here, several at a time, each pulled once whoever needs it, into a place of its own.
public struct BlobDownloads<Place: ArrivingBlob>: Sendable {
    /// What the shell has to do.
    public enum Action: Sendable {
        /// Send the request to whoever has the blob.
        case request(ChunkRequest)
        /// The blob is here, whole and verified.
        case arrived(BlobManifest, Place.Whole)
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
        var place: Place
    }

    private let open: @Sendable (BlobManifest) throws(Place.Failure) -> Place
    private var entries: [Entry] = []
    private let pace: Pace

    /// Nothing under way.
    ///
    /// - Parameter open: makes the place of a blob, or finds what an earlier process left of it.
    public init(
        pace: Pace = Pace(), open: @escaping @Sendable (BlobManifest) throws(Place.Failure) -> Place
    ) {
        self.pace = pace
        self.open = open
    }

    /// What is under way, for people.
    public var names: [String] {
        entries.map { entry in
            let manifest = entry.manifest
            let bytes = manifest.range(ofChunk: entry.download.appendedCount).lowerBound
            return "blob \(manifest.digest.short) (\(bytes) of \(manifest.byteCount) bytes)"
        }
    }

    /// Starts pulling a blob, after what is there of it already, unless that is under way.
    public mutating func begin(_ manifest: BlobManifest, at now: Instant) throws(Place.Failure) -> [Action] {
        guard !entries.contains(where: { $0.manifest == manifest }) else { return [] }
        var entry = Entry(
            manifest: manifest,
            download: BlobDownload(
                manifest, window: pace.window, timeout: pace.timeout, attemptLimit: pace.attemptLimit),
            place: try open(manifest))
        var download = entry.download
        try entry.place.resume { download.resume(with: $0) }
        entry.download = download
        entries.append(entry)
        return try advance(entries.count - 1) { $0.start(at: now) }
    }

    /// Takes a chunk of any of them.
    public mutating func receive(_ chunk: Chunk, at now: Instant) throws(Place.Failure) -> [Action] {
        guard let index = entries.firstIndex(where: { $0.manifest.digest == chunk.blob }) else { return [] }
        return try advance(index) { $0.receive(chunk, at: now) }
    }

    /// Asks again for what did not come in time.
    public mutating func tick(at now: Instant) throws(Place.Failure) -> [Action] {
        var actions: [Action] = []
        for index in entries.indices.reversed() { actions += try advance(index) { $0.tick(at: now) } }
        return actions
    }

    private mutating func advance(
        _ index: Int, _ step: (inout BlobDownload) -> [BlobDownload.Effect]
    ) throws(Place.Failure) -> [Action] {
        var actions: [Action] = []
        for effect in step(&entries[index].download) {
            switch effect {
            case .request(let request): actions.append(.request(request))
            case .append(_, let bytes): try entries[index].place.append(bytes)
            case .finished:
                var entry = entries.remove(at: index)
                return actions + [.arrived(entry.manifest, try entry.place.finish())]
            case .failed(let failure):
                let entry = entries.remove(at: index)
                return actions + [.failed(entry.manifest, failure)]
            }
        }
        return actions
    }
}

extension BlobDownloads.Action: Equatable where Place.Whole: Equatable {}
