import Checkpoints
import Foundation
import Testing
import Transformer

@testable import Nodes

@Suite struct ForeignWeightsTests {
    private let run: TinyRun

    init() throws { run = try TinyRun() }

    private func load(_ made: Checkpoint) throws -> Checkpoint {
        let path = "\(run.path)/made-\(UUID().uuidString)"
        try made.save(directory: path)
        return try ForeignWeights.load(path, as: run.base.checkpoint)
    }

    private func refusal(_ made: Checkpoint) -> String {
        do {
            _ = try load(made)
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test func aPolicyOfTheBaseIsTakenInWithTheBasesFiles() throws {
        let base = run.base.checkpoint
        let made = try LlamaModel.initialized(config: base.config, seed: 9, deviation: 0.1).checkpoint(companions: [])
        let taken = try load(made)
        #expect(taken.weightsDigest == made.weightsDigest && taken.companions == base.companions)
    }

    @Test func anotherArchitectureIsRefused() throws {
        var config = run.base.checkpoint.config
        config.ropeTheta = 5
        let made = try LlamaModel.initialized(config: config, seed: 9, deviation: 0.1).checkpoint(companions: [])
        #expect(refusal(made).contains("another architecture than the base"))
        config = run.base.checkpoint.config
        config.layers = 2
        #expect(
            refusal(try LlamaModel.initialized(config: config, seed: 9, deviation: 0.1).checkpoint(companions: []))
                .contains("another architecture"))
    }

    @Test func weightsThatAreNoNumbersAreRefusedByName() throws {
        let base = run.base.checkpoint
        var tensors = base.tensors
        let tensor = tensors[1]
        var values = tensor.floats
        values[3] = .nan
        tensors[1] = try Tensor(name: tensor.name, shape: tensor.shape, floats: values, as: tensor.elementType)
        #expect(refusal(try base.with(tensors: tensors)).hasSuffix("in tensor \(tensor.name)"))
    }

    @Test func nothingThereIsSaid() {
        let refusal = #expect(throws: ForeignWeights.Refusal.self) {
            _ = try ForeignWeights.load(run.path + "/nothing", as: run.base.checkpoint)
        }
        #expect(refusal?.description.hasPrefix("left no checkpoint that can be read: ") == true)
    }
}
