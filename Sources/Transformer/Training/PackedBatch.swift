/// Several sequences laid end to end in one block of rows, without padding.
///
/// Products with weights do not care where a sequence ends; attention does, and goes by `starts` (the cumulative
/// lengths of the variable-length attention literature). A row predicts the token after it. Loss and logits are
/// computed for the rows in `targetRows` only: on half-prompt data this halves the largest product of a small model.
///
/// The arrays are emptied and refilled at each micro-batch and keep their storage.
struct PackedBatch {
    /// Input token of each row.
    private(set) var tokens: [Int32] = []
    /// Position of each row within its sequence.
    private(set) var positions: [Int32] = []
    /// Sequence i has the rows `starts[i] ..< starts[i + 1]`.
    private(set) var starts: [Int32] = [0]
    /// Rows that predict a target, ascending.
    private(set) var targetRows: [Int32] = []
    /// The token each of `targetRows` is to predict.
    private(set) var targets: [Int32] = []
    /// Weight of each target's loss.
    private(set) var targetWeights: [Float] = []

    /// Number of rows.
    var rowCount: Int { tokens.count }
    /// Number of sequences.
    var sequenceCount: Int { starts.count - 1 }

    /// Forgets the sequences, keeps the storage.
    mutating func removeAll() {
        tokens.removeAll(keepingCapacity: true)
        positions.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        starts.append(0)
        targetRows.removeAll(keepingCapacity: true)
        targets.removeAll(keepingCapacity: true)
        targetWeights.removeAll(keepingCapacity: true)
    }

    /// Adds an example; each of its targets has the weight `scale · example.weight`.
    mutating func append(_ example: TrainingExample, scale: Float) {
        let first = rowCount
        let length = example.prompt.count + example.completion.count
        tokens.append(contentsOf: example.prompt)
        tokens.append(contentsOf: example.completion)
        if length > 0 { tokens.removeLast() }
        let weight = scale * example.weight
        for row in 0..<max(0, length - 1) {
            positions.append(Int32(row))
            let target = row + 1 - example.prompt.count
            if target >= 0 && weight != 0 {
                targetRows.append(Int32(first + row))
                targets.append(example.completion[target])
                targetWeights.append(weight)
            }
        }
        if rowCount > first { starts.append(Int32(rowCount)) }
    }

    /// Adds a sequence whose loss counts where `weights` is not 0: `weights[i]` belongs to predicting `sequence[i]`.
    mutating func append(_ sequence: [Int32], weights: [Float]) {
        precondition(sequence.count == weights.count, "one weight a token")
        let first = rowCount
        tokens.append(contentsOf: sequence.dropLast())
        for row in 0..<max(0, sequence.count - 1) {
            positions.append(Int32(row))
            if weights[row + 1] != 0 {
                targetRows.append(Int32(first + row))
                targets.append(sequence[row + 1])
                targetWeights.append(weights[row + 1])
            }
        }
        if rowCount > first { starts.append(Int32(rowCount)) }
    }
}
