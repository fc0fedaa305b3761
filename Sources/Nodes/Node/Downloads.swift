import Digests
import RolloutCore

/// Blobs on their way into this node's memory.
struct Downloads {
    enum Action {
        case request(ChunkRequest)
        case arrived(BlobManifest, [UInt8])
        case failed(BlobManifest, BlobDownload.Failure)
    }

    private struct Entry {
        let manifest: BlobManifest
        var download: BlobDownload
        var bytes: [UInt8] = []
    }

    private var entries: [Entry] = []

    /// What is under way, for people.
    var names: [String] {
        entries.map { "blob \($0.manifest.digest.short) (\($0.bytes.count) of \($0.manifest.byteCount) bytes)" }
    }

    /// Starts pulling a blob unless that is under way.
    mutating func begin(_ manifest: BlobManifest, at now: Instant) -> [Action] {
        guard !entries.contains(where: { $0.manifest == manifest }) else { return [] }
        entries.append(Entry(manifest: manifest, download: BlobDownload(manifest)))
        return advance(entries.count - 1) { $0.start(at: now) }
    }

    mutating func receive(_ chunk: Chunk, at now: Instant) -> [Action] {
        guard let index = entries.firstIndex(where: { $0.manifest.digest == chunk.blob }) else { return [] }
        return advance(index) { $0.receive(chunk, at: now) }
    }

    mutating func tick(at now: Instant) -> [Action] {
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
