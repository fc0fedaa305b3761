import Digests
import Foundation
import Numerics
import Testing

@testable import Personalization

@Suite struct EmbeddingCacheTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "reprise-\(UUID().uuidString)").path

    private var file: URL {
        URL(filePath: "\(folder)/\(FakeEmbedder().digest.short).embeddings")
    }

    private func ask(_ cache: EmbeddingCache, _ texts: [String]) throws {
        let digests = texts.map { Digest.of($0) }
        let found = try cache.vectors(
            Dictionary(uniqueKeysWithValues: zip(digests, texts)), order: digests, threads: 1, progress: nil)
        #expect(digests.map { found[$0]?.array } == texts.map { FakeEmbedder.vector($0).array })
    }

    /// Opens the cache, asks for the texts and lets it go, as a process would; returns what had to be computed.
    private func computed(_ texts: [String], by name: String = "letters") throws -> [String] {
        let embedder = FakeEmbedder(name: name)
        try ask(try EmbeddingCache(embedder, directory: folder), texts)
        return embedder.texts
    }

    @Test func vectorsStayFromOneProcessToTheNext() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(try computed(["one", "two"]) == ["one", "two"])
        #expect(try computed(["two", "three", "one"]) == ["three"])
        #expect(try computed(["two"], by: "another encoder") == ["two"])
        #expect(try computed(["one", "two", "three"]) == [])
    }

    @Test func tornAndSpoiltRecordsAreComputedAnew() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        _ = try computed(["one", "two", "three"])
        var bytes = [UInt8](try Data(contentsOf: file))
        bytes.removeLast(7)
        try Data(bytes).write(to: file)
        #expect(try computed(["one", "two", "three"]) == ["three"])
        bytes = [UInt8](try Data(contentsOf: file))
        // In the last number of the last record, before its checksum.
        bytes[bytes.count - 5] ^= 1
        try Data(bytes).write(to: file)
        #expect(try computed(["one", "two", "three"]) == ["three"])
        #expect(try computed(["one", "two", "three"]) == [])
        try Data("something else".utf8).write(to: file)
        #expect(try computed(["one"]) == ["one"])
        #expect(try computed(["one"]) == [])
    }

    @Test func aSecondProcessReadsAndAddsNothing() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (one, other) = (FakeEmbedder(), FakeEmbedder())
        let first = try EmbeddingCache(one, directory: folder)
        try ask(first, ["one"])
        let second = try EmbeddingCache(other, directory: folder)
        try ask(second, ["one", "two"])
        #expect(other.texts == ["two"])
        #expect(second.warning?.contains("another process is adding to") == true)
        #expect(first.warning == nil)
        try ask(first, ["two"])
        #expect(one.texts == ["one", "two"])
        #expect(first.counts == EmbeddingCache.Counts(found: 0, computed: 2))
        #expect(second.counts == EmbeddingCache.Counts(found: 1, computed: 1))
    }

    @Test func theFileIsBounded() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // The header has 57 bytes, a record 140.
        let embedder = FakeEmbedder()
        let cache = try EmbeddingCache(embedder, directory: folder, disk: 400)
        try ask(cache, ["one", "two", "three"])
        #expect(cache.warning?.contains("has reached its limit") == true)
        #expect(try Data(contentsOf: file).count == 57 + 2 * 140)
        // What found no room on disk is in memory.
        try ask(cache, ["three"])
        #expect(embedder.texts == ["one", "three", "two"])
    }

    @Test func aDirectoryThatCannotBeMadeIsNamed() {
        let error = #expect(throws: (any Error).self) {
            try EmbeddingCache(FakeEmbedder(), directory: "/dev/null/x")
        }
        #expect(error.map { "\($0)".contains("/dev/null/x") } == true)
    }
}
