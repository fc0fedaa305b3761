import Digests
import Testing

@testable import RolloutCore

@Suite struct DownloadsTests {
    private let now = Instant(sinceStart: .zero)
    private let small = Array("a small blob".utf8)
    private let large = (0..<BlobManifest.chunkByteCount * 3 + 1).map { UInt8(truncatingIfNeeded: $0 &* 7) }

    /// Answers requests from the sender's bytes until nothing is asked for; what arrived and what failed.
    private func serve(
        _ downloads: inout Downloads, _ actions: [Downloads.Action], from blobs: [Digest: [UInt8]]
    ) -> (arrived: [BlobManifest: [UInt8]], failed: [BlobManifest]) {
        var arrived: [BlobManifest: [UInt8]] = [:]
        var failed: [BlobManifest] = []
        var queue = actions
        while !queue.isEmpty {
            switch queue.removeFirst() {
            case .request(let request):
                for chunk in Chunk.answers(to: request, from: blobs[request.blob]) {
                    queue += downloads.receive(chunk, at: now)
                }
            case .arrived(let manifest, let bytes): arrived[manifest] = bytes
            case .failed(let manifest, _): failed.append(manifest)
            }
        }
        return (arrived, failed)
    }

    @Test func severalBlobsAtATimeArriveWhole() {
        var downloads = Downloads()
        let manifests = [small, large].map { BlobManifest(of: $0) }
        let actions = manifests.flatMap { downloads.begin($0, at: now) }
        #expect(downloads.names.count == 2)
        #expect(downloads.names[0].contains("0 of \(small.count) bytes"))
        let (arrived, failed) = serve(
            &downloads, actions, from: [manifests[0].digest: small, manifests[1].digest: large])
        #expect(arrived == [manifests[0]: small, manifests[1]: large])
        #expect(failed.isEmpty)
        #expect(downloads.names.isEmpty)
    }

    @Test func aBlobIsPulledOnceAtATime() {
        var downloads = Downloads()
        let actions = (0..<2).map { _ in downloads.begin(BlobManifest(of: small), at: now) }
        #expect(actions.map(\.count) == [1, 0])
        #expect(downloads.names.count == 1)
    }

    @Test func aBlobThatIsNotHeldFailsAlone() {
        var downloads = Downloads()
        let manifests = [small, large].map { BlobManifest(of: $0) }
        let actions = manifests.flatMap { downloads.begin($0, at: now) }
        let (arrived, failed) = serve(&downloads, actions, from: [manifests[1].digest: large])
        #expect(arrived == [manifests[1]: large])
        #expect(failed == [manifests[0]])
        // It can be tried again.
        let again = downloads.begin(manifests[0], at: now)
        let second = serve(&downloads, again, from: [manifests[0].digest: small])
        #expect(second.arrived == [manifests[0]: small])
    }

    @Test func aManifestThatContradictsItselfFailsAtOnce() {
        var downloads = Downloads()
        var manifest = BlobManifest(of: small)
        manifest.chunks = []
        let actions = downloads.begin(manifest, at: now)
        let outcome = serve(&downloads, actions, from: [:])
        #expect(outcome.failed == [manifest])
        #expect(downloads.names.isEmpty)
    }

    @Test func silenceIsAskedAgainAndGivenUpInTheEnd() {
        var downloads = Downloads()
        let manifest = BlobManifest(of: small)
        _ = downloads.begin(manifest, at: now)
        var requests = 0
        var failures: [BlobDownload.Failure] = []
        for second in 1...600 {
            for action in downloads.tick(at: Instant(sinceStart: .seconds(second))) {
                switch action {
                case .request: requests += 1
                case .failed(_, let failure): failures.append(failure)
                case .arrived: Issue.record("nothing was sent")
                }
            }
        }
        #expect(requests > 2)
        #expect(failures == [.unanswered])
    }

    @Test func chunksOfUnknownBlobsChangeNothing() {
        var downloads = Downloads()
        let actions = downloads.receive(Chunk(blob: .zero, index: 0, bytes: [1]), at: now)
        #expect(actions.isEmpty)
    }
}
