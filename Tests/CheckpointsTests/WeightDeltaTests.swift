import Checkpoints
import Compression
import Digests
import Testing

@Suite struct WeightDeltaTests {
    /// The base with every `every`-th element of every tensor moved.
    static func changed(_ base: Checkpoint, every: Int, by move: (Float) -> Float) throws -> Checkpoint {
        try base.with(
            tensors: try base.tensors.map { tensor in
                var values = tensor.floats
                for index in stride(from: every - 1, to: values.count, by: every) {
                    values[index] = move(values[index])
                }
                return try Tensor(name: tensor.name, shape: tensor.shape, floats: values, as: tensor.elementType)
            })
    }

    static func large(_ type: ElementType) throws -> Checkpoint {
        let config = try ModelConfig(
            vocabularySize: 64, hiddenSize: 64, intermediateSize: 64, layers: 1, heads: 4, keyValueHeads: 4,
            maxPositions: 16)
        var state: UInt64 = 1
        return try Checkpoint(
            config: config,
            tensors: try config.tensorShapes.map { name, shape in
                let values = (0..<shape.reduce(1, *)).map { _ -> Float in
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    return Float(Int32(truncatingIfNeeded: state >> 32)) * 0x1p-36
                }
                return try Tensor(name: name, shape: shape, floats: values, as: type)
            })
    }

    @Test(arguments: [ElementType.float32, .bfloat16, .float16], [1, 2, 7, 300, 100_000])
    func isLossless(type: ElementType, every: Int) throws {
        let base = try Self.large(type)
        let new = try Self.changed(base, every: every) { $0 * 1.01 + 1e-4 }
        let delta = try WeightDelta.encode(base: base, new: new)
        let read = try WeightDelta(bytes: delta.bytes)
        #expect(read.base == base.weightsDigest)
        #expect(read.result == new.weightsDigest)
        let applied = try read.apply(to: base)
        #expect(applied.weightsDigest == new.weightsDigest)
        #expect(zip(applied.tensors, new.tensors).allSatisfy { $0.isIdentical(to: $1) })
        #expect(try WeightDelta.encode(base: base, new: new).bytes == delta.bytes)
    }

    @Test func choosesByDensity() throws {
        let base = try Self.large(.bfloat16)
        func encodings(_ every: Int, by move: (Float) -> Float) throws -> Set<WeightDelta.Encoding> {
            let delta = try WeightDelta.encode(base: base, new: try Self.changed(base, every: every, by: move))
            return Set(delta.entries.filter { $0.count > 1000 }.map(\.encoding))
        }
        #expect(try encodings(100_000) { $0 } == [.unchanged])
        #expect(try encodings(200) { $0 * 1.01 } == [.sparse])
        #expect(try encodings(1) { $0 * 1.01 } == [.dense])
        #expect(try encodings(1) { _ in 0.5 } == [.full])
    }

    @Test func keepsNegativeZeroAndNaN() throws {
        let base = try tinyCheckpoint(type: .float32)
        let first = base.tensors[0]
        var values = first.floats
        values[0] = Float(bitPattern: 0xFFC0_1234)
        values[1] = -0.0
        values[2] = .infinity
        let odd = try base.with(
            tensors: [try Tensor(name: first.name, shape: first.shape, floats: values)] + base.tensors.dropFirst())
        for (from, to) in [(base, odd), (odd, base)] {
            let applied = try WeightDelta.encode(base: from, new: to).apply(to: from)
            #expect(applied.tensors[0].isIdentical(to: to.tensors[0]))
        }
    }

    @Test func crossesElementTypes() throws {
        let base = try Self.large(.float32)
        let new = try base.converted(to: .bfloat16)
        let delta = try WeightDelta.encode(base: base, new: new)
        #expect(try delta.apply(to: base).weightsDigest == new.weightsDigest)
        #expect(delta.entries.allSatisfy { $0.encoding == .full })
    }

    @Test func reportsWhatItCosts() throws {
        let base = try Self.large(.bfloat16)
        let delta = try WeightDelta.encode(base: base, new: try Self.changed(base, every: 4) { $0 * 1.1 + 1 })
        #expect(delta.elementCount == base.config.parameterCount)
        #expect(delta.fullByteCount == base.byteCount)
        #expect(abs(delta.density - 0.25) < 0.001)
        #expect(delta.ratio == Double(delta.bytes.count) / Double(base.byteCount))
        #expect(abs(delta.bitsPerChange - delta.ratio * 16 / delta.density) < 1e-9)
        let none = try WeightDelta.encode(base: base, new: base)
        #expect(none.density == 0 && none.bitsPerChange == 0)
    }

    @Test func refusesAnotherBase() throws {
        let base = try tinyCheckpoint()
        let delta = try WeightDelta.encode(base: base, new: try tinyCheckpoint(seed: 2))
        let error = #expect(throws: CheckpointError.self) { try delta.apply(to: try tinyCheckpoint(seed: 3)) }
        #expect(error?.description.contains("is for the base \(base.weightsDigest.short)") == true)
        #expect(throws: CheckpointError.self) {
            try WeightDelta.encode(base: base, new: try tinyCheckpoint(tied: false))
        }
    }

    @Test func flippedBitsAreNoticed() throws {
        let base = try tinyCheckpoint(type: .bfloat16)
        let new = try Self.changed(base, every: 3) { $0 + 0.01 }
        let bytes = try WeightDelta.encode(base: base, new: new).bytes
        let before = base.weightsDigest
        for index in stride(from: 0, to: bytes.count, by: 5) {
            var damaged = bytes
            damaged[index] ^= 1 << UInt8(index % 8)
            // Either refused, or (the declared number of changes is information only) still the same weights.
            if let result = try? WeightDelta(bytes: damaged).apply(to: base) {
                #expect(result.weightsDigest == new.weightsDigest)
            }
        }
        #expect(try Checkpoint(config: base.config, tensors: base.tensors).weightsDigest == before)
    }

    @Test func everyTruncationIsRefused() throws {
        let base = try tinyCheckpoint()
        let bytes = try WeightDelta.encode(base: base, new: try tinyCheckpoint(seed: 2)).bytes
        for count in bytes.indices {
            #expect(throws: CheckpointError.self) { try WeightDelta(bytes: Array(bytes[..<count])) }
        }
        #expect(throws: CheckpointError.self) { try WeightDelta(bytes: bytes + [0]) }
    }

    @Test func declaredSizesAllocateNothing() throws {
        let base = try tinyCheckpoint()
        let delta = try WeightDelta.encode(base: base, new: try tinyCheckpoint(seed: 2))
        // The first tensor's element count: after magic, digests, number of tensors, name, type and encoding.
        let at = 8 + 64 + 4 + 2 + delta.entries[0].name.utf8.count + 2
        var bytes = delta.bytes
        bytes[at + 6] = 0x7F
        let error = #expect(throws: CheckpointError.self) { try WeightDelta(bytes: bytes).apply(to: base) }
        #expect(error?.description.contains("another size") == true)
        bytes[at + 7] = 0xFF
        #expect(throws: CheckpointError.self) { try WeightDelta(bytes: bytes) }
    }
}
