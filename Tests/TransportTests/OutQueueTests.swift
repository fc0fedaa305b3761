import Testing

@testable import Transport

struct OutQueueTests {
    @Test("Frames leave in order, and bytes are bounded")
    func bounded() {
        var queue = OutQueue(limit: 10)
        let taken = [[1, 2, 3, 4], [5, 6, 7, 8, 9, 10], [11]].map { queue.append($0) }
        #expect(taken == [true, true, false])
        #expect(queue.first == [1, 2, 3, 4] && queue.byteCount == 10)
        queue.removeFirst()
        let hasRoom = queue.append([11])
        #expect(hasRoom && queue.first?.first == 5)
        queue.removeAll()
        #expect(queue.isEmpty && queue.byteCount == 0)
    }

    @Test("An empty queue takes any frame")
    func longFrame() {
        var queue = OutQueue(limit: 2)
        let taken = [[1, 2, 3], [4]].map { queue.append($0) }
        #expect(taken == [true, false])
    }
}
