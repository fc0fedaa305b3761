import Numerics
import Testing

@Test func adamWAgreesWithDoublePrecisionOverManySteps() {
    let parameter = random(50, stream: 1)
    var reference = parameter.array.map(Double.init)
    var (m, v) = ([Double](repeating: 0, count: 50), [Double](repeating: 0, count: 50))
    let (first, second) = (Vector(count: 50), Vector(count: 50))
    let optimiser = AdamW(beta1: 0.9, beta2: 0.98, epsilon: 1e-6)
    var (power1, power2) = (1.0, 1.0)
    for step in 1...30 {
        let gradient = random(50, stream: UInt64(step + 10))
        optimiser.step(
            parameter, gradient: gradient, firstMoment: first, secondMoment: second, step: step, learningRate: 0.02,
            weightDecay: 0.1, gradientScale: 0.5)
        power1 *= 0.9
        power2 *= 0.98
        for index in 0..<50 {
            let g = Double(gradient[index]) * 0.5
            m[index] = 0.9 * m[index] + 0.1 * g
            v[index] = 0.98 * v[index] + 0.02 * g * g
            reference[index] *= 1 - 0.02 * 0.1
            reference[index] -=
                0.02 * (m[index] / (1 - power1)) / ((v[index] / (1 - power2)).squareRoot() + 1e-6)
        }
    }
    #expect(deviation(parameter.array, reference) < 1e-5)
}
