import Numerics
import Testing

@Test func theFingerprintIsStableAndQuick() {
    let first = NumericFingerprint.compute()
    let clock = ContinuousClock()
    let fastest = (0..<5).map { _ in clock.measure { _ = NumericFingerprint.compute() } }.min()
    #expect(NumericFingerprint.compute() == first && first.count > 1000)
    #expect(fastest.map { $0 < .milliseconds(50) } == true)
}
