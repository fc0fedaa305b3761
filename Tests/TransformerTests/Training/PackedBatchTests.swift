import Testing

@testable import Transformer

struct PackedBatchTests {
    @Test func targetsAreCompletionTokensOnly() {
        var batch = PackedBatch()
        batch.append(TrainingExample(prompt: [1, 2, 3], completion: [4, 5], weight: 0.5), scale: 2)
        #expect(batch.tokens == [1, 2, 3, 4])
        #expect(batch.positions == [0, 1, 2, 3])
        #expect(batch.targetRows == [2, 3])
        #expect(batch.targets == [4, 5])
        #expect(batch.targetWeights == [1, 1])
    }

    @Test func sequencesLieEndToEnd() {
        var batch = PackedBatch()
        batch.append(TrainingExample(prompt: [1], completion: [2, 3]), scale: 1)
        batch.append(TrainingExample(prompt: [], completion: [7, 8, 9]), scale: 1)
        #expect(batch.tokens == [1, 2, 7, 8])
        #expect(batch.starts == [0, 2, 4])
        #expect(batch.targetRows == [0, 1, 2, 3])
        #expect(batch.targets == [2, 3, 8, 9])
    }

    @Test func anExampleOfOneTokenHasNoRow() {
        var batch = PackedBatch()
        batch.append(TrainingExample(prompt: [], completion: [7]), scale: 1)
        #expect(batch.rowCount == 0 && batch.sequenceCount == 0)
    }

    @Test func aMaskMayHaveHoles() {
        var batch = PackedBatch()
        batch.append([1, 2, 3, 4], weights: [0, 1, 0, 2])
        #expect(batch.targetRows == [0, 2])
        #expect(batch.targets == [2, 4])
        #expect(batch.targetWeights == [1, 2])
        batch.removeAll()
        #expect(batch.rowCount == 0 && batch.starts == [0] && batch.targets.isEmpty)
    }
}
