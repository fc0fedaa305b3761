import Testing

@testable import Chaos

@Suite struct LaneTests {
    private var lane = Lane()

    /// Expects these to leave then.
    private mutating func expect(
        _ expected: [UInt8], at seconds: Double, location: SourceLocation = #_sourceLocation
    ) {
        var frames: [UInt8] = []
        while let frame = lane.next(at: .seconds(seconds)) {
            frames.append(frame.first ?? 255)
            lane.removeNext()
        }
        #expect(frames == expected, sourceLocation: location)
    }

    private mutating func take(_ number: UInt8, _ fate: MessageFate = MessageFate(), at seconds: Double = 0) {
        let isTaken = lane.take([number], fate, at: .seconds(seconds))
        #expect(isTaken)
    }

    @Test mutating func whatIsNotStruckKeepsItsOrder() {
        for number in 1...3 as ClosedRange<UInt8> { take(number) }
        #expect(lane.byteCount == 3)
        expect([1, 2, 3], at: 0)
        #expect(lane.isEmpty && lane.byteCount == 0)
    }

    @Test mutating func lossAndDuplication() {
        take(1, MessageFate(isLost: true))
        take(2, MessageFate(isDoubled: true))
        expect([2, 2], at: 0)
    }

    @Test mutating func theNextMessageOvertakes() {
        take(1, MessageFate(isOvertaken: true))
        expect([], at: 0.1)
        take(2, at: 0.2)
        take(3, at: 0.2)
        expect([2, 1, 3], at: 0.2)
    }

    @Test mutating func whatNobodyOvertakesLeavesAfterASecond() {
        take(1, MessageFate(isOvertaken: true))
        expect([], at: 0.99)
        expect([1], at: 1)
        #expect(lane.byteCount == 0)
    }

    @Test mutating func aLateMessageLetsOthersPass() {
        take(1, MessageFate(delay: .milliseconds(300)))
        take(2)
        expect([2], at: 0.2)
        expect([1], at: 0.3)
    }

    @Test mutating func whatIsOnItsWayIsBounded() {
        let half = [UInt8](repeating: 1, count: Lane.limit / 2 + 1)
        let taken = [lane.take(half, at: .zero), lane.take(half, at: .zero)]
        #expect(taken == [true, false])
        lane.removeAll()
        #expect(lane.byteCount == 0)
        let isTaken = lane.take(half, at: .zero)
        #expect(isTaken)
    }
}
