import JSONLines

/// The head of a safetensors file: 8 bytes of length, then JSON that says where each tensor's bytes lie.
///
/// Follows the format of huggingface/safetensors: offsets count from the end of the header; sorted by offset, the tensors
/// must fill the rest of the file without a hole or an overlap, and each must have exactly the bytes its shape and type need.
struct SafetensorsHeader {
    struct Entry: Sendable, Equatable {
        let name: String
        let elementType: ElementType
        let shape: [Int]
        /// Bytes from the end of the header.
        let offsets: Range<Int>
    }

    /// The reference implementation's bound.
    static let largestByteCount = 100_000_000

    /// In order of offsets.
    let entries: [Entry]
    /// `__metadata__`, in the file's order.
    let metadata: [(key: String, value: String)]

    /// - Parameters:
    ///   - json: the header without its length.
    ///   - dataByteCount: what follows the header in the file.
    init(json: [UInt8], dataByteCount: Int, path: String) throws(SafetensorsError) {
        guard String(validating: json, as: UTF8.self) != nil else {
            throw SafetensorsError(.invalidHeader, path, "the header is not UTF-8")
        }
        let object: JSONObject
        do {
            guard let parsed = try JSON.parse(json).object else {
                throw SafetensorsError(.invalidHeaderDeserialization, path, "the header is not a JSON object")
            }
            object = parsed
        } catch let error as SafetensorsError {
            throw error
        } catch {
            throw SafetensorsError(.invalidHeaderDeserialization, path, "the header is not JSON: \(error)")
        }
        var entries: [Entry] = []
        var metadata: [(key: String, value: String)] = []
        for (name, value) in object {
            if name == "__metadata__" {
                metadata = try Self.metadata(value, path: path)
            } else {
                entries.append(try Self.entry(name, value, path: path))
            }
        }
        entries.sort { ($0.offsets.lowerBound, $0.offsets.upperBound) < ($1.offsets.lowerBound, $1.offsets.upperBound) }
        let end = try Self.validate(entries, path: path)
        guard end == dataByteCount else {
            throw SafetensorsError(
                .metadataIncompleteBuffer, path, "its tensors take \(end) bytes, but \(dataByteCount) follow the header"
            )
        }
        self.entries = entries
        self.metadata = metadata
    }

    private static func metadata(
        _ value: JSON, path: String
    ) throws(SafetensorsError) -> [(key: String, value: String)] {
        var metadata: [(key: String, value: String)] = []
        guard let object = value.object else {
            throw SafetensorsError(.invalidHeaderDeserialization, path, "__metadata__ is not an object")
        }
        for (key, value) in object {
            guard let text = value.string else {
                throw SafetensorsError(.invalidHeaderDeserialization, path, "__metadata__.\(key) is not a string")
            }
            metadata.append((key, text))
        }
        return metadata
    }

    private static func entry(_ name: String, _ value: JSON, path: String) throws(SafetensorsError) -> Entry {
        guard let typeName = value["dtype"]?.string, let sizes = value["shape"]?.array,
            let bounds = value["data_offsets"]?.array, bounds.count == 2
        else {
            throw SafetensorsError(
                .invalidHeaderDeserialization, path, "tensor \(name) lacks dtype, shape or two data_offsets")
        }
        guard let elementType = ElementType(rawValue: typeName) else {
            throw SafetensorsError(
                .invalidHeaderDeserialization, path, "tensor \(name) has the unknown element type \(typeName)")
        }
        var shape: [Int] = []
        for size in sizes { shape.append(try unsigned(size, "a size of tensor \(name)", path)) }
        let start = try unsigned(bounds[0], "an offset of tensor \(name)", path)
        let end = try unsigned(bounds[1], "an offset of tensor \(name)", path)
        guard start <= end else {
            throw SafetensorsError(.invalidOffset, path, "tensor \(name) ends before it starts")
        }
        return Entry(name: name, elementType: elementType, shape: shape, offsets: start..<end)
    }

    private static func unsigned(_ value: JSON, _ what: String, _ path: String) throws(SafetensorsError) -> Int {
        if let number = value.integer, number >= 0 { return number }
        // An integer beyond Int64 arrives as a double: legal in the format, but no file is that large.
        if case .number(let number) = value, number >= 0x1p63 {
            throw SafetensorsError(.validationOverflow, path, "\(what) is beyond 2⁶³")
        }
        throw SafetensorsError(.invalidHeaderDeserialization, path, "\(what) is not a whole number")
    }

    /// Every tensor starts where the one before ended and has the bytes its shape needs; returns the end.
    private static func validate(_ entries: [Entry], path: String) throws(SafetensorsError) -> Int {
        var end = 0
        for entry in entries {
            guard entry.offsets.lowerBound == end else {
                throw SafetensorsError(
                    .invalidOffset, path,
                    "tensor \(entry.name) starts at byte \(entry.offsets.lowerBound) and not where the one before ended, "
                        + "at \(end)")
            }
            end = entry.offsets.upperBound
            let (bits, overflow) = (Tensor.elementCount(of: entry.shape) ?? -1).multipliedReportingOverflow(
                by: entry.elementType.bitCount)
            guard bits >= 0, !overflow else {
                throw SafetensorsError(
                    .validationOverflow, path, "the shape \(entry.shape) of tensor \(entry.name) is too large")
            }
            guard bits % 8 == 0 else {
                throw SafetensorsError(
                    .misalignedSlice, path, "tensor \(entry.name) has \(bits) bits, which are no whole bytes")
            }
            guard entry.offsets.count == bits / 8 else {
                throw SafetensorsError(
                    .tensorInvalidInfo, path,
                    "tensor \(entry.name) \(entry.elementType.rawValue) \(entry.shape) needs \(bits / 8) bytes, but its "
                        + "offsets span \(entry.offsets.count)")
            }
        }
        return end
    }
}
