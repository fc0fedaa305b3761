import Digests
import Testing

@testable import Nodes

@Suite struct BlobCacheTests {
    private let names = (0..<4).map { Digest.of("\($0)") }
    private func blob(_ byte: UInt8) -> [UInt8] { [UInt8](repeating: byte, count: 10) }

    @Test func leastRecentlyUsedGoesFirst() {
        let cache = BlobCache(limit: 30)
        for index in 0..<3 { cache.insert(blob(UInt8(index)), as: names[index]) }
        #expect(cache[names[0]] == blob(0))
        cache.insert(blob(3), as: names[3])
        #expect(cache[names[1]] == nil)
        #expect(cache[names[0]] == blob(0))
        #expect(cache[names[2]] == blob(2))
        #expect(cache[names[3]] == blob(3))
    }

    @Test func aBlobLargerThanTheLimitIsKeptAlone() {
        let cache = BlobCache(limit: 5)
        cache.insert(blob(0), as: names[0])
        #expect(cache[names[0]] == blob(0))
        cache.insert(blob(1), as: names[1])
        #expect(cache[names[0]] == nil)
        #expect(cache[names[1]] == blob(1))
    }

    @Test func whatTasksNameStaysTogether() {
        let cache = BlobCache(limit: 15)
        cache.keep([names[0], names[1]])
        for index in 0..<2 { cache.insert(blob(UInt8(index)), as: names[index]) }
        #expect(cache[names[0]] == blob(0))
        #expect(cache[names[1]] == blob(1))
        // Another goes first, and they go when nobody names them any more.
        cache.insert(blob(2), as: names[2])
        cache.insert(blob(3), as: names[3])
        #expect(cache[names[2]] == nil)
        #expect(cache[names[0]] == blob(0))
        cache.keep([])
        #expect(cache[names[1]] == nil)
        #expect(cache[names[0]] == blob(0))
    }

    @Test func insertingAgainCountsOnce() {
        let cache = BlobCache(limit: 20)
        for _ in 0..<3 { cache.insert(blob(0), as: names[0]) }
        cache.insert(blob(1), as: names[1])
        #expect(cache[names[0]] == blob(0))
        #expect(cache[names[1]] == blob(1))
    }
}
