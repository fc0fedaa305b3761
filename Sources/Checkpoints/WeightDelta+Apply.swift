import Digests

/// Making a delta, and making weights of it.
extension WeightDelta {
    /// The delta from one checkpoint's weights to another's of the same shape.
    /// - Parameters:
    ///   - adapter: what the new weights were made of the base by, where it is known: its factors then stand in the delta.
    ///   - level: zstd's; 3 is near the best for steps.
    /// - Throws: `CheckpointError` when the two have other tensors or shapes, or the adapter did not make one of the other;
    ///   `CompressionError`.
    public static func encode(
        base: Checkpoint, new: Checkpoint, adapter: LowRankAdapter? = nil, level: Int = 3
    ) throws -> WeightDelta {
        guard base.tensors.map(\.name) == new.tensors.map(\.name) else {
            throw CheckpointError("No delta can be made between these checkpoints: they have other tensors.")
        }
        if let name = adapter?.changes.keys.first(where: { base[$0] == nil }) {
            throw CheckpointError("The adapter changes tensor \(name), which the base does not have.")
        }
        var header = magic + base.weightsDigest.bytes + new.weightsDigest.bytes
        header.append(integer: UInt32(new.tensors.count))
        var payloads: [[UInt8]] = []
        for (old, tensor) in zip(base.tensors, new.tensors) {
            guard old.shape == tensor.shape else {
                throw CheckpointError(
                    "No delta can be made between these checkpoints: tensor \(tensor.name) has the shapes \(old.shape) and "
                        + "\(tensor.shape).")
            }
            guard tensor.count <= UInt32.max else {
                throw CheckpointError("Tensor \(tensor.name) has \(tensor.count) elements; a delta takes at most 2³².")
            }
            let lowRank = try adapter?.changes[tensor.name].flatMap { try encode(old, tensor, $0, level: level) }
            let part = try lowRank ?? encode(old, tensor, level: level)
            try header.append(text: tensor.name)
            header += [code(tensor.elementType), part.encoding.rawValue]
            header.append(integer: UInt64(tensor.count))
            header.append(integer: UInt64(part.changed))
            header.append(integer: UInt64(part.payload.count))
            payloads.append(part.payload)
        }
        header.reserveCapacity(header.count + payloads.reduce(0) { $0 + $1.count })
        for payload in payloads { header += payload }
        return try WeightDelta(bytes: header)
    }

    /// One tensor's payload.
    struct Part {
        let encoding: Encoding
        let changed: Int
        let payload: [UInt8]

        init(encoding: Encoding, changed: Int, payload: [UInt8]) {
            self.encoding = encoding
            self.changed = changed
            self.payload = payload
        }

        init<Bits>(_ encoded: DeltaCodec<Bits>.Encoded) {
            encoding = encoded.encoding
            changed = encoded.changed
            payload = encoded.payload
        }
    }

    static func encode(_ old: Tensor, _ new: Tensor, level: Int) throws -> Part {
        switch (old.elements, new.elements) {
        case (.float32(let a), .float32(let b)):
            let codec = DeltaCodec<UInt32>(mantissaBits: 23, name: new.name)
            return Part(try codec.encode(base: a.map(\.bitPattern), new: b.map(\.bitPattern), level: level))
        case (.bfloat16(let a), .bfloat16(let b)):
            return Part(try DeltaCodec<UInt16>(mantissaBits: 7, name: new.name).encode(base: a, new: b, level: level))
        case (.float16(let a), .float16(let b)):
            return Part(try DeltaCodec<UInt16>(mantissaBits: 10, name: new.name).encode(base: a, new: b, level: level))
        case (_, .float32(let b)):
            let codec = DeltaCodec<UInt32>(mantissaBits: 23, name: new.name)
            return Part(try codec.encodeFull(b.map(\.bitPattern), level: level))
        case (_, .bfloat16(let b)), (_, .float16(let b)):
            return Part(try DeltaCodec<UInt16>(mantissaBits: 7, name: new.name).encodeFull(b, level: level))
        }
    }

    /// The weights this delta makes of its base; the base stays as it is, also when anything fails.
    /// - Throws: `CheckpointError` when the base is another, when the delta is damaged, or when the result does not have the
    ///   declared digest; `CompressionError`.
    public func apply(to checkpoint: Checkpoint) throws -> Checkpoint {
        guard checkpoint.weightsDigest == base else {
            throw CheckpointError(
                "The weight delta is for the base \(base.short) and not for \(checkpoint.weightsDigest.short); fetch that base."
            )
        }
        guard entries.map(\.name) == checkpoint.tensors.map(\.name) else {
            throw CheckpointError("The weight delta is damaged: its tensors are not the base's.")
        }
        var tensors: [Tensor] = []
        for (entry, tensor) in zip(entries, checkpoint.tensors) {
            // From here on declared sizes are the base's own.
            guard entry.count == tensor.count else {
                throw CheckpointError(
                    "The weight delta is damaged: tensor \(entry.name) has another size than the base's.")
            }
            if entry.encoding == .unchanged, entry.payload.isEmpty, entry.elementType == tensor.elementType {
                tensors.append(tensor)
            } else {
                tensors.append(
                    try Tensor(
                        name: tensor.name, shape: tensor.shape,
                        elements: try decode(entry, Array(bytes[entry.payload]), base: tensor)))
            }
        }
        let new = try checkpoint.with(tensors: tensors)
        guard new.weightsDigest == result else {
            throw CheckpointError(
                "The weight delta is damaged: it made \(new.weightsDigest.short) and not \(result.short); fetch it again."
            )
        }
        return new
    }

    func decode(_ entry: Entry, _ payload: [UInt8], base: Tensor) throws -> Tensor.Elements {
        if entry.encoding == .lowRank { return try decodeLowRank(entry, payload, base: base) }
        switch (entry.elementType, base.elements) {
        case (.float32, let elements):
            let codec = DeltaCodec<UInt32>(mantissaBits: 23, name: entry.name)
            var old: [UInt32]?
            if case .float32(let values) = elements { old = values.map(\.bitPattern) }
            return .float32(try codec.decode(entry, payload, base: old).map { Float(bitPattern: $0) })
        case (.bfloat16, let elements):
            let codec = DeltaCodec<UInt16>(mantissaBits: 7, name: entry.name)
            var old: [UInt16]?
            if case .bfloat16(let values) = elements { old = values }
            return .bfloat16(try codec.decode(entry, payload, base: old))
        case (_, let elements):
            let codec = DeltaCodec<UInt16>(mantissaBits: 10, name: entry.name)
            var old: [UInt16]?
            if case .float16(let values) = elements { old = values }
            return .float16(try codec.decode(entry, payload, base: old))
        }
    }
}
