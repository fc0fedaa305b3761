import Compression

/// Tensors whose change is a low-rank product: the factors stand in the delta, and the steps from base + product to the result,
/// of which there are next to none where the result was made by that product.
extension WeightDelta {
    /// What a low-rank payload holds before its two parts.
    private struct LowRankHeader {
        var rank: Int
        var encoding: Encoding
        var changed: Int
        var factorByteCount: Int

        init(rank: Int, _ steps: Part, factorByteCount: Int) {
            self.rank = rank
            encoding = steps.encoding
            changed = steps.changed
            self.factorByteCount = factorByteCount
        }

        init(_ reader: inout ByteReader, _ entry: Entry) throws(CheckpointError) {
            rank = Int(try reader.integer(UInt32.self))
            guard let encoding = Encoding(rawValue: try reader.integer(UInt8.self)), encoding != .lowRank else {
                throw CheckpointError(
                    "The weight delta is damaged: the steps of tensor \(entry.name) have an unknown encoding.")
            }
            self.encoding = encoding
            changed = try reader.count()
            factorByteCount = try reader.count()
            guard changed <= entry.count else {
                throw CheckpointError("The weight delta is damaged: tensor \(entry.name) has more steps than elements.")
            }
        }

        var bytes: [UInt8] {
            var bytes: [UInt8] = []
            bytes.append(integer: UInt32(rank))
            bytes.append(encoding.rawValue)
            bytes.append(integer: UInt64(changed))
            bytes.append(integer: UInt64(factorByteCount))
            return bytes
        }
    }

    /// A tensor with the factors of its change; nil where they would be no less than the tensor.
    /// - Throws: `CheckpointError` when the tensor is not the base's and that change.
    static func encode(_ old: Tensor, _ new: Tensor, _ change: LowRankChange, level: Int) throws -> Part? {
        guard old.shape == [change.rows, change.columns] else {
            throw CheckpointError(
                "The adapter changes \(change.rows) × \(change.columns) numbers of tensor \(new.name), which has the shape \(old.shape)."
            )
        }
        guard change.rank <= min(change.rows, change.columns) else { return nil }
        let made = try sum(old, change, as: new.elementType)
        guard isNear(made, new, base: old) else {
            throw CheckpointError("Tensor \(new.name) is not the base's and what the adapter adds to it.")
        }
        let steps = try encode(made, new, level: level)
        var raw: [UInt8] = []
        UlpSteps<UInt32>.planes((change.up + change.down).map(\.bitPattern), into: &raw)
        let factors = try Zstd.compress(raw, level: level)
        let header = LowRankHeader(rank: change.rank, steps, factorByteCount: factors.count)
        return Part(
            encoding: .lowRank, changed: new.differences(from: old), payload: header.bytes + factors + steps.payload)
    }

    func decodeLowRank(_ entry: Entry, _ payload: [UInt8], base: Tensor) throws -> Tensor.Elements {
        var reader = ByteReader(payload, what: "Tensor \(entry.name) of the weight delta")
        let header = try LowRankHeader(&reader, entry)
        let change = try factors(entry, &reader, header, base)
        let steps = Array(try reader.take(reader.remaining))
        let rest = Entry(
            name: entry.name, elementType: entry.elementType, encoding: header.encoding, count: entry.count,
            changed: header.changed, payload: steps.indices)
        return try decode(rest, steps, base: try Self.sum(base, change, as: entry.elementType))
    }

    private func factors(
        _ entry: Entry, _ reader: inout ByteReader, _ header: LowRankHeader, _ base: Tensor
    ) throws -> LowRankChange {
        guard base.shape.count == 2, (1...max(1, min(base.shape[0], base.shape[1]))).contains(header.rank) else {
            throw CheckpointError("The weight delta is damaged: tensor \(entry.name) cannot change by that rank.")
        }
        let (rows, columns) = (base.shape[0], base.shape[1])
        let (up, down) = (rows * header.rank, header.rank * columns)
        let raw = try Zstd.decompress(Array(try reader.take(header.factorByteCount)), byteCount: (up + down) * 4)
        let values = UlpSteps<UInt32>.values(raw, from: 0, count: up + down).map { Float(bitPattern: $0) }
        return try LowRankChange(
            rank: header.rank, rows: rows, columns: columns, up: Array(values[..<up]), down: Array(values[up...]))
    }

    /// What the adapter of a server adds to the base to make this delta's weights.
    /// - Throws: `CheckpointError` when a tensor changes otherwise than by a low-rank product, and names it, and where the
    ///   delta does not apply.
    public func adapter(over checkpoint: Checkpoint) throws -> LowRankAdapter {
        // Factors have no digest of their own: they are taken when they make the weights.
        _ = try apply(to: checkpoint)
        var changes: [String: LowRankChange] = [:]
        for (entry, tensor) in zip(entries, checkpoint.tensors) where entry.encoding != .unchanged {
            guard entry.encoding == .lowRank else {
                throw CheckpointError(
                    "Tensor \(entry.name) does not change by a low-rank product, as a LoRA adapter does.")
            }
            var reader = ByteReader(Array(bytes[entry.payload]), what: "Tensor \(entry.name) of the weight delta")
            let header = try LowRankHeader(&reader, entry)
            changes[entry.name] = try factors(entry, &reader, header, tensor)
        }
        return changes.isEmpty ? try LowRankAdapter(nothingOver: checkpoint) : LowRankAdapter(changes)
    }

    private static func sum(_ base: Tensor, _ change: LowRankChange, as type: ElementType) throws -> Tensor {
        try Tensor(name: base.name, shape: base.shape, floats: change.added(to: base.floats), as: type)
    }

    /// Whether a tensor was made by the product, as far as rounding lets one see: what is left is a tenth of the change at
    /// most, besides some last places.
    private static func isNear(_ made: Tensor, _ new: Tensor, base: Tensor) -> Bool {
        var (left, change, size) = (0.0, 0.0, 0.0)
        for ((a, b), c) in zip(zip(made.floats, new.floats), base.floats) {
            let (a, b, c) = (Double(a), Double(b), Double(c))
            left += (b - a) * (b - a)
            change += (b - c) * (b - c)
            size += b * b
        }
        let place: Double =
            switch new.elementType {
            case .bfloat16: 0x1p-7
            case .float16: 0x1p-10
            default: 0x1p-23
            }
        return left <= 0.01 * change + 0.001 * place * place * size
    }
}

extension Tensor {
    /// Elements whose bits are not those of the other's; all, where it has another type.
    fileprivate func differences(from other: Tensor) -> Int {
        switch (elements, other.elements) {
        case (.float32(let a), .float32(let b)):
            zip(a, b).reduce(0) { $0 + ($1.0.bitPattern == $1.1.bitPattern ? 0 : 1) }
        case (.bfloat16(let a), .bfloat16(let b)), (.float16(let a), .float16(let b)):
            zip(a, b).reduce(0) { $0 + ($1.0 == $1.1 ? 0 : 1) }
        default: count
        }
    }
}
