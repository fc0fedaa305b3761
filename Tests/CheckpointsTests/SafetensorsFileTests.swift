import Checkpoints
import Files
import Foundation
import JSONLines
import Testing

@Suite struct SafetensorsFileTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let file: String
        let error: String?
        var testDescription: String { file }
    }

    static let cases: [Case] = {
        guard Shared.exists, let bytes = try? FileReader.contents(of: vectors + "index.json", limit: 1 << 20),
            let json = try? JSON.parse(bytes), let cases = json["cases"]?.array
        else { return [] }
        return cases.compactMap { entry in entry["file"]?.string.map { Case(file: $0, error: entry["error"]?.string) } }
    }()

    static let vectors = Shared.path + "/vectors/safetensors/"

    @Test(.enabled(if: Shared.exists, "needs ../shared"), arguments: cases)
    func agreesWithTheReference(_ expected: Case) throws {
        if let name = expected.error {
            let error = #expect(throws: SafetensorsError.self) {
                try SafetensorsFile(path: Self.vectors + expected.file)
            }
            #expect(error?.kind.rawValue == name)
            #expect(error?.description.contains(expected.file) == true)
        } else {
            _ = try SafetensorsFile(path: Self.vectors + expected.file)
        }
    }

    @Test(.enabled(if: Shared.exists, "needs ../shared"))
    func thereAreAllCases() { #expect(Self.cases.count >= 19) }

    @Test(.enabled(if: Shared.exists, "needs ../shared"))
    func readsManyTypes() throws {
        let file = try SafetensorsFile(path: Self.vectors + "burn_multi_layer.safetensors")
        #expect(file.entry("conv1.weight")?.shape == [4, 3, 3, 3])
        #expect(try file.floats("conv1.bias").count == 4)
        #expect(try file.bytes("norm1.num_batches_tracked").count == 8)
        let error = #expect(throws: CheckpointError.self) { try file.tensor("norm1.num_batches_tracked") }
        #expect(error?.description.contains("I64") == true)
    }

    @Test(.enabled(if: Shared.exists, "needs ../shared"))
    func writesTheReferenceWritersBytes() throws {
        let folder = try TemporaryFolder()
        let values: [Float] = [1, 2, 3, 4, 5, 6].map { $0 - 1 }
        let expected = try FileReader.contents(
            of: Self.vectors + "test_serialization_written_0.safetensors", limit: 1000)
        let original = try SafetensorsFile(path: Self.vectors + "test_serialization_written_0.safetensors")
        #expect(try original.floats("attn.0") == values)
        let path = folder.path + "/written"
        try SafetensorsFile.write([Tensor(name: "attn.0", shape: [1, 2, 3], floats: values)], metadata: [], to: path)
        #expect(try FileReader.contents(of: path, limit: 1000) == expected)
        try SafetensorsFile.write([], metadata: [("framework", "pt")], to: path)
        let empty = try FileReader.contents(of: Self.vectors + "test_empty_written_1.safetensors", limit: 1000)
        #expect(try FileReader.contents(of: path, limit: 1000) == empty)
    }

    @Test func keepsEveryBitOfEveryType() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/m.safetensors"
        let floats = [Float(bitPattern: 0x7FC0_0001), -0.0, Float.leastNonzeroMagnitude, 3]
        let tensors = [
            try Tensor(name: "b", shape: [2, 2], elements: .float32(floats)),
            try Tensor(name: "c", shape: [3], elements: .bfloat16([0x7FC1, 0x8000, 1])),
            try Tensor(name: "a", shape: [1, 3], elements: .float16([0x7E01, 0x8000, 1])),
            try Tensor(name: "d", shape: [0, 5], elements: .float32([])),
        ]
        try SafetensorsFile.write(tensors, metadata: [("k", "v")], to: path)
        let file = try SafetensorsFile(path: path)
        #expect(file.names == ["a", "b", "c", "d"])
        #expect(file.metadata.map(\.key) == ["k"])
        for tensor in tensors { #expect(try file.tensor(tensor.name).isIdentical(to: tensor)) }
        let first = try FileReader.contents(of: path, limit: 10_000)
        try SafetensorsFile.write(tensors.reversed(), metadata: [("k", "v")], to: path)
        #expect(try FileReader.contents(of: path, limit: 10_000) == first)
    }

    @Test func refusesTwoTensorsOfOneName() throws {
        let folder = try TemporaryFolder()
        let tensor = try Tensor(name: "a", shape: [1], floats: [1])
        #expect(throws: CheckpointError.self) {
            try SafetensorsFile.write([tensor, tensor], to: folder.path + "/m.safetensors")
        }
        #expect(try folder.contents.isEmpty)
    }

    @Test(arguments: [
        (
            #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
            4
        ),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}}"#, 8),
    ])
    func refusesHolesAndOverlaps(header: String, dataByteCount: Int) throws {
        let error = try #require(try Self.errorOf(header: header, dataByteCount: dataByteCount))
        #expect(error.kind == .invalidOffset)
    }

    @Test(arguments: [
        (#"[1]"#, SafetensorsError.Kind.invalidHeaderDeserialization),
        (#"{"a":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}}"#, .invalidHeaderDeserialization),
        (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, .invalidHeaderDeserialization),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, .invalidHeaderDeserialization),
        (#"{"__metadata__":{"a":1}}"#, .invalidHeaderDeserialization),
        (#"{"a":{"dtype":"F4","shape":[1],"data_offsets":[0,1]}}"#, .misalignedSlice),
    ])
    func namesWhatIsWrong(header: String, kind: SafetensorsError.Kind) throws {
        let error = try #require(try Self.errorOf(header: header, dataByteCount: 4))
        #expect(error.kind == kind)
    }

    static func errorOf(header: String, dataByteCount: Int) throws -> SafetensorsError? {
        let folder = try TemporaryFolder()
        let path = folder.path + "/m.safetensors"
        var file = try FileReplacement(of: path)
        try [UInt64(header.utf8.count)].withByteSpan { try file.write($0) }
        try file.write(Array(header.utf8) + [UInt8](repeating: 0, count: dataByteCount))
        try file.commit()
        do {
            _ = try SafetensorsFile(path: path)
            return nil
        } catch let error as SafetensorsError {
            return error
        }
    }
}
