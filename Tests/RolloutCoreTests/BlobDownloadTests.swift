import Digests
import Testing

@testable import RolloutCore

@Suite struct BlobDownloadTests {
    /// Twenty full chunks and a short one.
    static let blob =
        (0..<20).flatMap { [UInt8](repeating: $0, count: BlobManifest.chunkByteCount) }
        + [UInt8](repeating: 20, count: 1000)
    static let manifest = BlobManifest(of: blob)

    let now = Instant(sinceStart: .zero)

    func chunk(_ index: Int) -> Chunk {
        Chunk(
            blob: Self.manifest.digest, index: UInt32(index),
            bytes: Array(Self.blob[Self.manifest.range(ofChunk: index)]))
    }

    @Test func chunksOfAManifestAreItsBytes() {
        #expect(Self.manifest.chunks.count == 21 && Self.manifest.isConsistent)
        #expect(Self.manifest.range(ofChunk: 20).count == 1000)
        #expect(BlobManifest(of: []).chunks.isEmpty && BlobManifest(of: []).isConsistent)
    }

    @Test func chunksInAnyOrderComeOutInOrderWithinTheWindow() {
        var download = BlobDownload(Self.manifest)
        var random = SplitMix(seed: 1)
        var asked: [Int] = []
        var appended: [UInt8] = []
        var order: [UInt32] = []
        var isFinished = false
        var effects = download.start(at: now)
        #expect(effects == [.request(ChunkRequest(blob: Self.manifest.digest, first: 0, count: 8))])
        while true {
            for effect in effects {
                switch effect {
                case .request(let request): asked += (0..<Int(request.count)).map { Int(request.first) + $0 }
                case .append(let index, let bytes):
                    order.append(index)
                    appended += bytes
                case .finished: isFinished = true
                case .failed(let failure): Issue.record("\(failure)")
                }
            }
            #expect(asked.count <= 8)
            guard !asked.isEmpty else { break }
            let index = asked.remove(at: Int.random(in: asked.indices, using: &random))
            effects = download.receive(chunk(index), at: now)
            #expect(download.receive(chunk(index), at: now).isEmpty, "a repeated chunk changes nothing")
        }
        #expect(isFinished && order == Array(0..<21) && Digest.of(appended) == Self.manifest.digest)
    }

    @Test func whatDoesNotComeIsAskedForAgainThenGivenUp() {
        var download = BlobDownload(Self.manifest, attemptLimit: 3)
        _ = download.start(at: now)
        _ = download.receive(chunk(1), at: now)
        #expect(download.tick(at: now.advanced(by: .seconds(1))).isEmpty)
        let again = download.tick(at: now.advanced(by: .seconds(2)))
        #expect(
            again == [
                .request(ChunkRequest(blob: Self.manifest.digest, first: 0, count: 1)),
                .request(ChunkRequest(blob: Self.manifest.digest, first: 2, count: 6)),
            ])
        #expect(download.tick(at: now.advanced(by: .seconds(5))).isEmpty, "the wait doubles")
        #expect(download.tick(at: now.advanced(by: .seconds(6))).count == 2)
        #expect(download.tick(at: now.advanced(by: .seconds(60))) == [.failed(.unanswered)])
    }

    @Test func damagedChunksAreAskedForAgainAndNeverAppended() {
        var download = BlobDownload(Self.manifest)
        _ = download.start(at: now)
        var damaged = chunk(0)
        damaged.bytes[7] ^= 1
        let request = BlobDownload.Effect.request(ChunkRequest(blob: Self.manifest.digest, first: 0, count: 1))
        #expect(download.receive(damaged, at: now) == [request])
        damaged.bytes.removeLast()
        #expect(download.receive(damaged, at: now) == [request])
        #expect(download.receive(damaged, at: now) == [.failed(.damagedChunk(0))])
        #expect(download.receive(chunk(0), at: now).isEmpty)
    }

    @Test func aDownloadGoesOnAfterWhatItHas() {
        var download = BlobDownload(Self.manifest)
        for index in 0..<19 { #expect(download.resume(with: chunk(index).bytes) == true) }
        #expect(download.resume(with: chunk(0).bytes) == false)
        #expect(download.appendedCount == 19)
        let request = BlobDownload.Effect.request(ChunkRequest(blob: Self.manifest.digest, first: 19, count: 2))
        #expect(download.start(at: now) == [request])
        _ = download.receive(chunk(19), at: now)
        #expect(download.receive(chunk(20), at: now).last == .finished)
    }

    @Test func lyingManifestsAndSendersAreNamed() {
        var lying = Self.manifest
        lying.byteCount += UInt64(BlobManifest.chunkByteCount)
        var download = BlobDownload(lying)
        #expect(download.start(at: now) == [.failed(.badManifest)])

        var small = BlobManifest(of: [1, 2, 3])
        small.digest = Digest.of("something else")
        download = BlobDownload(small)
        _ = download.start(at: now)
        let effects = download.receive(Chunk(blob: small.digest, index: 0, bytes: [1, 2, 3]), at: now)
        #expect(effects.last == .failed(.wrongDigest))

        download = BlobDownload(Self.manifest)
        _ = download.start(at: now)
        #expect(
            download.receive(Chunk(blob: Self.manifest.digest, index: 0, bytes: []), at: now) == [.failed(.notHeld)])
    }

    @Test func anEmptyBlobIsThereAtOnce() {
        var download = BlobDownload(BlobManifest(of: []))
        #expect(download.start(at: now) == [.finished])
    }
}
