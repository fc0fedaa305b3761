/// One prompt with the completion to learn, and how much it counts.
///
/// Only completion tokens are targets: the prompt is context. In the M-step the weight is the reward (REST-PG,
/// section 3: maximise Σ R · log p(completion | prompt)); in supervised fine-tuning it is 1. With an empty prompt
/// (pretraining on plain text) every token but the first is a target, because nothing predicts the first.
public struct TrainingExample: Sendable, Equatable {
    /// Context tokens.
    public var prompt: [Int32]
    /// Target tokens, the stop token included when the model is to learn to stop.
    public var completion: [Int32]
    /// Multiplies the loss of each target token; not negative.
    public var weight: Float

    /// An example of weight 1 unless said.
    public init(prompt: [Int32], completion: [Int32], weight: Float = 1) {
        self.prompt = prompt
        self.completion = completion
        self.weight = weight
    }

    /// Rows the example needs in a packed batch: every token but the last, which is only ever predicted.
    public var rowCount: Int { max(0, prompt.count + completion.count - 1) }

    /// Tokens whose loss counts.
    public var targetCount: Int { prompt.isEmpty ? max(0, completion.count - 1) : completion.count }
}
