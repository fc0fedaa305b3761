import Checkpoints
import Foundation
import JSONLines

@testable import Transformer

/// One folder of `../shared/fixtures/transformers`: a random-weight checkpoint with reference outputs.
struct Fixture {
    let name: String
    let checkpoint: Checkpoint
    let sequences: [[Int32]]
    let trainTokens: [Int32]
    let lossMask: [Float]
    let expected: JSON
    private let tensors: SafetensorsFile

    static let names = ["llama-tied", "llama-untied", "llama3-rope"]

    init(_ name: String) throws {
        self.name = name
        let folder = "fixtures/transformers/\(name)"
        checkpoint = try Checkpoint.load(directory: Shared.path(folder))
        expected = try JSON.parse(try Shared.bytes(folder + "/expected.json"))
        tensors = try SafetensorsFile(path: Shared.path(folder + "/expected.safetensors"))
        let tokens = try JSON.parse(try Shared.bytes(folder + "/tokens.json"))
        sequences = (tokens["sequences"]?.array ?? []).map(Self.ids)
        trainTokens = Self.ids(tokens["train"]?["tokens"] ?? .null)
        lossMask = Self.ids(tokens["train"]?["loss_mask"] ?? .null).map(Float.init)
    }

    func floats(_ tensor: String) throws -> [Float] { try tensors.floats(tensor) }

    func number(_ keys: String...) -> Double {
        keys.reduce(expected) { $0[$1] ?? .null }.double ?? .nan
    }

    static func ids(_ json: JSON) -> [Int32] { (json.array ?? []).map { Int32($0.integer ?? -1) } }

    /// The training example with its loss mask, as a mean over its targets.
    var maskedBatch: PackedBatch {
        let count = lossMask.reduce(0, +)
        var batch = PackedBatch()
        batch.append(trainTokens, weights: lossMask.map { $0 / count })
        return batch
    }
}

/// Largest absolute difference; infinite when the lengths differ.
func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
}
