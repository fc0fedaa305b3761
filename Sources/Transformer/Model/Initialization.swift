public import Checkpoints
import Numerics

extension LlamaModel {
    /// Fresh weights for pretraining: normal with deviation `deviation`, norms at 1.
    ///
    /// The two matrices that write to the residual stream (Wo and W2) have the deviation divided by √(2 · layers), so
    /// that the stream's variance does not grow with depth (GPT-2, section 2.3). The numbers are a function of the
    /// seed and of the tensor's place in the layout, the same on every machine.
    public static func initialized(config: ModelConfig, seed: UInt64, deviation: Double = 0.02) -> LlamaModel {
        let model = LlamaModel(config: config)
        let residual = deviation / Double(2 * config.layers).squareRoot()
        for (index, entry) in model.layout.entries.enumerated() {
            let tensor = model.parameters[entry]
            if entry.isVector {
                tensor.fill(1)
            } else {
                let writesToStream = entry.name.hasSuffix("o_proj.weight") || entry.name.hasSuffix("down_proj.weight")
                CounterRandom(key: seed, stream: UInt64(index))
                    .fillNormal(tensor, deviation: writesToStream ? residual : deviation)
            }
        }
        return model
    }
}
