import Digests
import Foundation
import Testing

@testable import RunStore

@Suite struct BlobStoreTests {
    let run: TemporaryRun
    let blobs: BlobStore
    let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 * 7 ^ $0 >> 8) }

    init() throws {
        run = try TemporaryRun()
        blobs = run.directory.blobs
    }

    private var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: blobs.directory).sorted() }
    }

    @Test func givesBackWhatWasPut() throws {
        let digest = try blobs.put(bytes)
        #expect(digest == Digest.of(bytes))
        #expect(try blobs.put(bytes) == digest)
        #expect(try names == [digest.description, "partial"].sorted())
        #expect(try blobs.read(digest) == bytes)
        let blob = try blobs.open(digest)
        #expect(blob.byteCount == bytes.count)
        #expect(try blob.read(at: 5, count: 3) == Array(bytes[5..<8]))
        #expect(throws: RunStoreError.self) { try blob.read(at: bytes.count - 1, count: 2) }
        #expect(try blobs.read(try blobs.put([])) == [])
    }

    @Test func refusesDamageAndRepairsIt() throws {
        let digest = try blobs.put(bytes)
        let path = blobs.directory + "/\(digest)"
        try writeFile(Array(bytes.dropLast()) + [bytes[bytes.count - 1] ^ 1], to: path)
        let error = #expect(throws: RunStoreError.self) { try blobs.read(digest) }
        #expect(error?.kind == .damaged)
        try blobs.put(bytes)
        #expect(try blobs.read(digest) == bytes)
    }

    @Test func doesNotFollowLinks() throws {
        let outside = run.folder + "/secret"
        try writeFile(bytes, to: outside)
        let digest = Digest.of(bytes)
        try FileManager.default.createSymbolicLink(
            atPath: blobs.directory + "/\(digest)", withDestinationPath: outside)
        #expect(!blobs.contains(digest))
        #expect(throws: RunStoreError.self) { try blobs.read(digest) }
        try FileManager.default.createSymbolicLink(
            atPath: blobs.directory + "/partial/\(digest)", withDestinationPath: outside)
        #expect(throws: RunStoreError.self) { try blobs.partial(digest) }
        #expect(try readFile(outside) == bytes)
    }

    @Test func aDownloadGoesOnAfterACrash() throws {
        let digest = Digest.of(bytes)
        do {
            let partial = try blobs.partial(digest)
            try partial.append(Array(bytes[0..<30_000]))
            try partial.append([1, 2, 3])
        }
        #expect(!blobs.contains(digest))
        let partial = try blobs.partial(digest)
        #expect(try partial.received().byteCount == 30_003)
        #expect(try partial.received().read(at: 0, count: 30_000) == Array(bytes[0..<30_000]))
        try partial.truncate(to: 30_000)
        try partial.append(Array(bytes[30_000...]))
        try partial.commit()
        #expect(try blobs.read(digest) == bytes)
        #expect(try FileManager.default.contentsOfDirectory(atPath: blobs.directory + "/partial").isEmpty)
    }

    @Test func aWrongDownloadIsNeverSeen() throws {
        let digest = Digest.of(bytes)
        let partial = try blobs.partial(digest)
        try partial.append(bytes.reversed())
        #expect(throws: RunStoreError.self) { try partial.commit() }
        #expect(!blobs.contains(digest))
        #expect(try partial.received().byteCount == 0)
    }
}
