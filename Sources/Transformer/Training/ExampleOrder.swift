import Numerics

/// Which examples each optimiser step sees: every epoch is a shuffle of all examples, cut into batches.
///
/// A function of seed and step alone, so that training can go on at any step. The last batch of an epoch may be short.
struct ExampleOrder {
    let examples: Int
    let batchSize: Int
    let seed: UInt64
    private var cachedEpoch = -1
    private var cachedOrder: [Int] = []

    init(examples: Int, batchSize: Int, seed: UInt64) {
        self.examples = examples
        self.batchSize = batchSize
        self.seed = seed
    }

    var stepsPerEpoch: Int { (examples + batchSize - 1) / batchSize }

    /// Example indices of `step`, counted from 0.
    mutating func batch(at step: Int) -> (epoch: Int, indices: ArraySlice<Int>) {
        let epoch = step / stepsPerEpoch
        if epoch != cachedEpoch {
            let shuffleSeed = CounterRandom(key: seed, stream: Self.stream).bits(at: UInt64(epoch))
            cachedOrder = Array(0..<examples).shuffled(seed: shuffleSeed)
            cachedEpoch = epoch
        }
        let start = step % stepsPerEpoch * batchSize
        return (epoch, cachedOrder[start..<min(start + batchSize, examples)])
    }

    /// Separates these random numbers from all others drawn under the same seed.
    private static let stream: UInt64 = 0x7368_7566_666C_65  // "shuffle"
}
