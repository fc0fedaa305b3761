import Testing

@testable import Checkpoints

@Suite struct UlpStepsTests {
    typealias Half = UlpSteps<UInt16>

    @Test func neighboursAreOneStepApart() {
        let one: UInt16 = 0x3F80
        #expect(Half.step(from: one, to: one) == 0)
        #expect(Half.step(from: one, to: one + 1) == 2)
        #expect(Half.step(from: one, to: one - 1) == 1)
        // Of negative numbers larger patterns are smaller.
        #expect(Half.step(from: 0xBF80, to: 0xBF81) == 1)
        // From −0 to +0, and on to the smallest positive number.
        #expect(Half.step(from: 0x8000, to: 0) == 2)
        #expect(Half.step(from: 0x8000, to: 1) == 4)
    }

    @Test func everyPairOfPatternsSurvives() {
        let samples: [UInt16] = [
            0, 1, 0x7F, 0x80, 0x3F80, 0x7F7F, 0x7F80, 0x7FFF, 0x8000, 0x8001, 0xBF80, 0xFF80, 0xFFFF,
        ]
        for old in samples {
            for new in stride(from: UInt16.min, through: .max, by: 51)
            where Half.apply(Half.step(from: old, to: new), to: old) != new {
                Issue.record("\(old) to \(new)")
            }
        }
        for old in [UInt32(0), 0x8000_0000, 0x7FC0_0001, .max] {
            for new in [UInt32(0), 1, 0x8000_0000, 0x3F80_0000, .max] {
                #expect(UlpSteps<UInt32>.apply(UlpSteps<UInt32>.step(from: old, to: new), to: old) == new)
            }
        }
    }

    @Test func groupsByExponentThenPosition() {
        // Exponents 0x7F, 0, 0x7F (negative), 0x80.
        let order = Half(mantissaBits: 7).groupedOrder([0x3F80, 0x0001, 0xBF81, 0x4000])
        #expect(order == [1, 0, 2, 3])
    }

    @Test func planesAreInverted() {
        let values: [UInt32] = [0, 1, 0x0102_0304, .max]
        var bytes: [UInt8] = [9]
        UlpSteps<UInt32>.planes(values, into: &bytes)
        #expect(bytes[1...4] == [0, 1, 4, 255])
        #expect(UlpSteps<UInt32>.values(bytes, from: 1, count: 4) == values)
    }
}
