import Configuration
import Foundation
import Testing

@testable import Chaos

@Suite struct FaultScheduleTests {
    private func schedule(_ yaml: String) throws -> FaultSchedule {
        FaultSchedule(try FaultPlan(yaml: yaml, file: "plan.yaml"))
    }

    private static let mixed = """
        seed: SEED
        lasts: 600
        faults:
          - {kind: kill, target: [sampler, scorer], perMinute: 6}
          - {kind: stop, target: sampler, at: [3, 1], seconds: 1000}
          - {kind: loss, between: [sampler, coordinator], probability: 0.25}
        """

    @Test func aPlanAndASeedAreOneListOfInjections() throws {
        let yaml = Self.mixed.replacing("SEED", with: "5")
        let first = try schedule(yaml)
        #expect(try schedule(yaml) == first)
        #expect(try schedule(Self.mixed.replacing("SEED", with: "6")).injections != first.injections)
        #expect(first.injections.map(\.at) == first.injections.map(\.at).sorted())
        #expect(first.end == .seconds(580))
        #expect(first.injections.allSatisfy { $0.at < first.end && $0.at + $0.lasting <= first.end })
        let stops = first.injections.filter { $0.kind == .stop }
        #expect(stops.map(\.at) == [.seconds(1), .seconds(3)])
        let kills = first.injections.filter { $0.kind == .kill }
        // 6 a minute for 580 s.
        #expect((40...80).contains(kills.count), "\(kills.count)")
        #expect(Set(kills.map(\.target)) == [.sampler, .scorer])
    }

    @Test func aFurtherFaultLeavesTheOthersAsTheyWere() throws {
        let yaml = Self.mixed.replacing("SEED", with: "5")
        let more = try schedule(yaml + "\n  - {kind: stop, target: learner, perMinute: 9, seconds: 1}")
        #expect(more.injections.filter { $0.target != .learner } == (try schedule(yaml)).injections)
    }

    @Test func messagesAreStruckAtTheRateOfThePlanAndAlwaysTheSame() throws {
        let schedule = try schedule(Self.mixed.replacing("SEED", with: "5"))
        func lost(_ role: FaultTarget, _ direction: FaultDirection) -> [UInt64] {
            (0..<4000).filter { schedule.fate(of: $0, role, direction, at: .seconds(10)).isLost }
        }
        let out = lost(.sampler, .toCoordinator)
        #expect((900...1100).contains(out.count), "\(out.count)")
        #expect(out == lost(.sampler, .toCoordinator))
        #expect(out != lost(.sampler, .toNode), "the other way has draws of its own")
        #expect(lost(.scorer, .toNode).isEmpty)
        #expect((0..<100).allSatisfy { schedule.fate(of: $0, .sampler, .toNode, at: schedule.end).kinds.isEmpty })
    }

    @Test func messagesAreStruckWithinTheirWindowsOnly() throws {
        let schedule = try schedule(
            """
            faults:
              - kind: corruption
                between: [scorer, coordinator]
                direction: to-coordinator
                probability: 1
                at: [10, 20]
                seconds: 2
            """)
        func isStruck(_ seconds: Double, _ direction: FaultDirection = .toCoordinator) -> Bool {
            schedule.fate(of: 1, .scorer, direction, at: .seconds(seconds)).kinds == [.corruption]
        }
        #expect(!isStruck(9.9) && isStruck(10) && isStruck(11.9) && !isStruck(12) && isStruck(21))
        #expect(!isStruck(11, .toNode))
    }

    @Test func aDamagedMessageDiffersInABitOrEndsEarly() {
        let frame = [UInt8](0..<200)
        var flips = 0
        var cuts = 0
        for draw in 0..<400 as Range<UInt64> {
            let fate = MessageFate(corruption: draw &* 0x9E37_79B9_7F4A_7C15)
            let bytes = fate.bytes(of: frame)
            if bytes.count == frame.count {
                let difference = zip(bytes, frame).map { ($0 ^ $1).nonzeroBitCount }
                #expect(difference.reduce(0, +) == 1)
                flips += 1
            } else {
                #expect(bytes.count < frame.count && frame.starts(with: bytes))
                cuts += 1
            }
        }
        #expect(flips > 250 && cuts > 60)
        #expect(MessageFate(corruption: 9).bytes(of: []) == [])
    }
}
