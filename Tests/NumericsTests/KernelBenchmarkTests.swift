import Numerics
import Testing

@Test func ratesArePositiveAndBelowAnyMachine() {
    let peak = KernelBenchmark.peakGigaflops(seconds: 0.02)
    let packed = KernelBenchmark.packedGigaflops(rows: 12, outputs: 128, inputs: 128, seconds: 0.02)
    #expect(peak > 0 && peak < 10_000)
    #expect(packed > 0 && packed < 10_000)
}
