import Numerics
import Testing

@Suite struct HalfPrecisionTests {
    @Test func everyBfloat16SurvivesTheRoundTrip() {
        let all = (0...UInt16.max).map { $0 }
        let floats = HalfPrecision.floats(bfloat16: all)
        #expect(zip(all, floats).allSatisfy { $1.bitPattern == UInt32($0) << 16 })
        let back = HalfPrecision.bfloat16(floats)
        #expect(
            zip(all, back).allSatisfy { floats[Int($0)].isNaN ? $1 & 0x7F80 == 0x7F80 && $1 & 0x7F != 0 : $0 == $1 })
    }

    @Test func everyFloat16SurvivesTheRoundTrip() {
        let all = (0...UInt16.max).map { $0 }
        let floats = HalfPrecision.floats(float16: all)
        let back = HalfPrecision.float16(floats)
        #expect(
            zip(all, back).allSatisfy { floats[Int($0)].isNaN ? $1 & 0x7C00 == 0x7C00 && $1 & 0x3FF != 0 : $0 == $1 })
        #expect(
            floats[0x3C00] == 1 && floats[0x0001] == 0x1p-24 && floats[0x7BFF] == 65504 && floats[0xFC00] == -.infinity)
    }

    @Test func roundsToNearestEven() {
        let one = Float(1)
        let (down, tie, up) = (one + 0x1p-9, one + 0x1p-8, one + 0x1p-8 + 0x1p-20)
        #expect(HalfPrecision.bfloat16([down, tie, up, one + 0x1p-7 + 0x1p-8]) == [0x3F80, 0x3F80, 0x3F81, 0x3F82])
        #expect(HalfPrecision.bfloat16([.greatestFiniteMagnitude, .infinity]) == [0x7F80, 0x7F80])
        let values: [Float] = [one + 0x1p-11, one + 0x1p-11 + 0x1p-20, 65519, 65520, 0x1p-25, 0x1.8p-25, 0x1p-15]
        #expect(HalfPrecision.float16(values) == [0x3C00, 0x3C01, 0x7BFF, 0x7C00, 0, 1, 0x0200])
    }
}
