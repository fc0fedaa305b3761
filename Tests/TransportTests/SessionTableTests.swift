import RolloutCore
import Testing

@testable import Transport

struct SessionTableTests {
    @Test("A routing id keeps its session until it is forgotten or idle")
    func lifetime() {
        var table = SessionTable(capacity: 2, queueLimit: 100)
        let start = ContinuousClock.now
        let nobody = table.heard([1], at: start)
        #expect(nobody == nil)
        let first = table.add([1], at: start)
        let second = table.add([2], at: start + .seconds(5))
        #expect(first == SessionID(rawValue: 1) && second == SessionID(rawValue: 2))
        let known = table.heard([1], at: start + .seconds(1))
        #expect(known == first)
        let overCapacity = table.add([3], at: start)
        #expect(overCapacity == nil)
        let idle = table.forgetIdle(before: start + .seconds(3))
        #expect(idle == 1)
        #expect(table[SessionID(rawValue: 1)] == nil && table[SessionID(rawValue: 2)]?.routingID == [2])
        let again = table.add([1], at: start + .seconds(9))
        #expect(again == SessionID(rawValue: 3))
        let forgotten = table.forget(SessionID(rawValue: 2))
        let twice = table.forget(SessionID(rawValue: 2))
        #expect(forgotten && !twice)
        #expect(table.count == 1)
    }
}
