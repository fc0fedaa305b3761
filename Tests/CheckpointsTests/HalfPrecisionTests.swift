import Checkpoints
import Testing

@Suite struct HalfPrecisionTests {
    @Test func everyFloat16ConvertsExactlyAndBack() {
        for bits in UInt16.min...UInt16.max {
            let expected = Float(Float16(bitPattern: bits))
            let actual = HalfPrecision.float(float16: bits)
            if expected.isNaN {
                #expect(actual.isNaN)
            } else if actual.bitPattern != expected.bitPattern || HalfPrecision.float16(actual) != bits {
                Issue.record("float16 \(bits) became \(actual)")
            }
        }
    }

    @Test func everyBfloat16SurvivesTheWayThroughFloat() {
        for bits in UInt16.min...UInt16.max {
            let float = HalfPrecision.float(bfloat16: bits)
            let back = HalfPrecision.bfloat16(float)
            if float.isNaN ? !HalfPrecision.float(bfloat16: back).isNaN : back != bits {
                Issue.record("bfloat16 \(bits) became \(back)")
            }
        }
    }

    @Test(arguments: [
        (UInt32(0x3F80_8000), UInt16(0x3F80)), (0x3F81_8000, 0x3F82), (0x3F80_8001, 0x3F81), (0x3F80_7FFF, 0x3F80),
        (0x7F7F_FFFF, 0x7F80), (0xFF7F_FFFF, 0xFF80), (0x7F80_0001, 0x7FC0),
    ])
    func roundsToNearestEven(bits: UInt32, expected: UInt16) {
        #expect(HalfPrecision.bfloat16(Float(bitPattern: bits)) == expected)
    }
}
