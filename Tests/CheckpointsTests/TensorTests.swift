import Checkpoints
import Files
import Testing

@Suite struct TensorTests {
    @Test func shapeMustHoldTheElements() throws {
        #expect(throws: CheckpointError.self) { try Tensor(name: "a", shape: [2, 2], floats: [1, 2, 3]) }
        #expect(throws: CheckpointError.self) { try Tensor(name: "a", shape: [-1, -1], floats: [1]) }
        #expect(throws: CheckpointError.self) { try Tensor(name: "a", shape: [Int.max, 2], floats: []) }
        #expect(try Tensor(name: "a", shape: [], floats: [1]).count == 1)
    }

    @Test func onlySomeTypesHoldWeights() {
        for type in ElementType.allCases {
            let tensor = try? Tensor(name: "a", shape: [1], floats: [1], as: type)
            #expect((tensor != nil) == type.holdsWeights)
            #expect(tensor == nil || tensor?.elementType == type)
        }
    }

    @Test func roundsToItsType() throws {
        let value: Float = 1.001
        #expect(try Tensor(name: "a", shape: [1], floats: [value]).floats == [value])
        #expect(try Tensor(name: "a", shape: [1], floats: [value], as: .bfloat16).floats == [1])
        #expect(try Tensor(name: "a", shape: [1], floats: [value], as: .float16).floats == [Float(Float16(value))])
    }

    @Test func identityIsOfBits() throws {
        let zero = try Tensor(name: "a", shape: [1], floats: [0])
        let negative = try Tensor(name: "b", shape: [1], floats: [-0.0])
        let nan = try Tensor(name: "c", shape: [1], floats: [.nan])
        #expect(!zero.isIdentical(to: negative))
        #expect(nan.isIdentical(to: nan))
        #expect(!zero.isIdentical(to: try Tensor(name: "a", shape: [1, 1], floats: [0])))
        #expect(!zero.isIdentical(to: try Tensor(name: "a", shape: [1], floats: [0], as: .float16)))
    }

    @Test func bytesAreLittleEndian() throws {
        var bytes: [UInt8] = []
        try Tensor(name: "a", shape: [1], floats: [1], as: .bfloat16).withBytes { bytes.append($0) }
        #expect(bytes == [0x80, 0x3F])
    }
}
