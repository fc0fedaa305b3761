import Foundation
import Testing

@testable import Checkpoints

@Suite struct WeightFilesTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func tensor(_ name: String) throws -> Tensor { try Tensor(name: name, shape: [2], floats: [1, 2]) }

    @Test func wantedTensorsAloneAreRead() throws {
        try SafetensorsFile.write([tensor("a"), tensor("b")], to: folder.path + "/model.safetensors")
        let (tensors, source) = try WeightFiles.read(folder.path) { $0 == "b" }
        #expect(tensors.map(\.name) == ["b"])
        #expect(source == folder.path + "/model.safetensors")
    }

    @Test func shardsAreReadByTheirIndex() throws {
        try SafetensorsFile.write([tensor("a")], to: folder.path + "/one.safetensors")
        try SafetensorsFile.write([tensor("b")], to: folder.path + "/two.safetensors")
        try #"{"weight_map": {"a": "one.safetensors", "b": "two.safetensors"}}"#.write(
            toFile: folder.path + "/model.safetensors.index.json", atomically: true, encoding: .utf8)
        #expect(try WeightFiles.read(folder.path) { _ in true }.0.map(\.name) == ["a", "b"])
    }

    @Test func pickledWeightsAreRefusedWithTheWayOut() throws {
        try "".write(toFile: folder.path + "/pytorch_model.bin", atomically: true, encoding: .utf8)
        let error = #expect(throws: CheckpointError.self) { try WeightFiles.read(folder.path) { _ in true } }
        #expect(error?.description.contains("save_pretrained(DIR) writes model.safetensors") == true)
    }
}
