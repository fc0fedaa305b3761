import Configuration
import Testing

@testable import Chaos

@Suite struct InjectorTests {
    private let victims = [
        Victim(name: "coordinator", target: .coordinator, process: 10),
        Victim(name: "sampler-1", target: .sampler, process: 11),
        Victim(name: "sampler-2", target: .sampler, process: 12),
    ]

    private func injector(_ faults: String...) throws -> Injector {
        let yaml = "lasts: 100\nquiet: 10\nfaults:\n" + faults.map { "  - {\($0)}" }.joined(separator: "\n")
        return Injector(FaultSchedule(try FaultPlan(yaml: yaml, file: "plan.yaml")))
    }

    private func expect(
        _ actions: [Injector.Action], _ expected: [Injector.Action], at location: SourceLocation = #_sourceLocation
    ) {
        #expect(actions == expected, sourceLocation: location)
    }

    @Test func aKillStrikesOneOrAll() throws {
        var injector = try injector(
            "kind: kill, target: sampler, at: 5", "kind: kill, target: sampler, at: 6, everyone: true")
        expect(injector.act(at: .seconds(4.9), on: victims), [])
        let one = injector.act(at: .seconds(5), on: victims)
        #expect(one.count == 2)
        let all = injector.act(at: .seconds(6), on: victims)
        #expect(all.filter { if case .kill = $0 { true } else { false } } == [.kill(victims[1]), .kill(victims[2])])
        #expect(all.contains(.began(.kill, victims[1])))
        expect(injector.act(at: .seconds(7), on: victims), [])
    }

    @Test func aStoppedProcessGoesOnWhenItsLastFaultIsOver() throws {
        var injector = try injector(
            "kind: stop, target: coordinator, at: 1, seconds: 3", "kind: stop, target: coordinator, at: 2, seconds: 5")
        let head = victims[0]
        expect(injector.act(at: .seconds(1), on: victims), [.began(.stop, head), .halt(head)])
        expect(injector.act(at: .seconds(2), on: victims), [.began(.stop, head)])
        expect(injector.act(at: .seconds(4.5), on: victims), [])
        expect(injector.act(at: .seconds(7), on: victims), [.go(head)])
    }

    @Test func aDiskIsFullUntilItsLastFaultIsOver() throws {
        var injector = try injector(
            "kind: disk, target: coordinator, at: 1, seconds: 10", "kind: disk, target: coordinator, at: 5, seconds: 20"
        )
        let head = victims[0]
        expect(injector.act(at: .seconds(1), on: victims), [.began(.disk, head), .fill(head)])
        expect(injector.act(at: .seconds(5), on: victims), [.began(.disk, head), .fill(head)])
        expect(injector.act(at: .seconds(12), on: victims), [])
        expect(injector.act(at: .seconds(25), on: victims), [.free(head)])
        expect(injector.act(at: .seconds(26), on: victims), [])
    }

    @Test func aSlowProcessStandsStillForAShareOfTheTime() throws {
        var injector = try injector("kind: slow, target: coordinator, at: 1, seconds: 10, share: 0.25")
        var stands = false
        var still = 0
        for step in 0..<1400 {
            for action in injector.act(at: .milliseconds(step * 10), on: victims) {
                if case .halt = action { stands = true }
                if case .go = action { stands = false }
            }
            still += stands ? 1 : 0
        }
        #expect((240...260).contains(still), "\(still) of 1000 hundredths")
        #expect(!stands)
    }

    @Test func aReplacedProcessIsLeftAlone() throws {
        var injector = try injector(
            "kind: stop, target: coordinator, at: 1, seconds: 5", "kind: disk, target: coordinator, at: 1, seconds: 5")
        let first = injector.act(at: .seconds(1), on: victims)
        #expect(first.contains(.halt(victims[0])) && first.contains(.fill(victims[0])))
        let other = [Victim(name: "coordinator", target: .coordinator, process: 99)]
        expect(injector.act(at: .seconds(2), on: other), [])
        expect(injector.act(at: .seconds(7), on: other), [])
        expect(injector.heal(), [])
    }

    @Test func healingLetsEverythingGoOn() throws {
        var injector = try injector(
            "kind: stop, target: sampler, at: 1, seconds: 50, everyone: true",
            "kind: disk, target: coordinator, at: 1, seconds: 50", "kind: kill, target: coordinator, at: 3")
        _ = injector.act(at: .seconds(1), on: victims)
        expect(injector.heal(), [.go(victims[1]), .go(victims[2]), .free(victims[0])])
        #expect(injector.next == nil)
        expect(injector.act(at: .seconds(3), on: victims), [])
    }

    @Test func whatStrikesNobodyIsCountedAndConnectionsAreTheProxys() throws {
        var injector = try injector(
            "kind: kill, target: learner, at: 1", "kind: reset, between: [sampler, coordinator], at: 2")
        expect(injector.act(at: .seconds(1), on: victims), [.missed(.kill)])
        let next = try #require(injector.next)
        expect(injector.act(at: .seconds(2), on: victims), [.strike(next)])
    }

    @Test func nothingIsMadeUpForInTheQuietPeriod() throws {
        var injector = try injector("kind: kill, target: coordinator, at: 89")
        expect(injector.act(at: .seconds(91), on: victims), [])
    }
}
