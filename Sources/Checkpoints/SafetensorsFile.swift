import Files
import JSONLines

/// A file of named tensors in the safetensors format: opened and validated whole, each tensor read when asked for.
///
/// Reading goes straight from the file into the tensor's array. Writing follows the reference implementation's order (larger
/// element types first, then by name) and padding, so that equal tensors give equal bytes, the reference writer's bytes.
public struct SafetensorsFile: Sendable {
    /// One tensor's place.
    public struct Entry: Sendable, Equatable {
        /// Its name.
        public let name: String
        /// Its element type.
        public let elementType: ElementType
        /// Sizes of its axes, outermost first.
        public let shape: [Int]
        /// Its bytes in the file.
        public let byteRange: Range<Int>
    }

    /// As given.
    public let path: String
    /// By name.
    public let entries: [Entry]
    /// `__metadata__`, in the file's order.
    public let metadata: [(key: String, value: String)]
    private let reader: FileReader

    /// Opens and validates a file: header, types, shapes, offsets, size.
    /// - Throws: `FileError`, `SafetensorsError`.
    public init(path: String) throws {
        try self.init(FileReader(path: path))
    }

    /// Validates bytes as a file of that name.
    /// - Throws: `SafetensorsError`.
    public init(bytes: ArraySlice<UInt8>, name: String) throws {
        try self.init(FileReader(bytes: bytes, name: name))
    }

    private init(_ reader: FileReader) throws {
        self.reader = reader
        let path = reader.path
        self.path = path
        guard reader.byteCount >= 8 else {
            throw SafetensorsError(.headerTooSmall, path, "it has \(reader.byteCount) bytes, fewer than the header's 8")
        }
        let declared = try reader.integers(UInt64.self, count: 1, at: 0)[0]
        guard declared <= UInt64(SafetensorsHeader.largestByteCount) else {
            throw SafetensorsError(.headerTooLarge, path, "it declares a header of \(declared) bytes")
        }
        let headerByteCount = Int(declared)
        guard headerByteCount <= reader.byteCount - 8 else {
            throw SafetensorsError(
                .invalidHeaderLength, path,
                "it declares a header of \(headerByteCount) bytes, but only \(reader.byteCount - 8) follow")
        }
        let start = 8 + headerByteCount
        let header = try SafetensorsHeader(
            json: try reader.integers(count: headerByteCount, at: 8), dataByteCount: reader.byteCount - start,
            path: path)
        metadata = header.metadata
        entries = header.entries.map {
            Entry(
                name: $0.name, elementType: $0.elementType, shape: $0.shape,
                byteRange: start + $0.offsets.lowerBound..<start + $0.offsets.upperBound)
        }.sorted { $0.name < $1.name }
    }

    /// Names in order.
    public var names: [String] { entries.map(\.name) }

    /// The place of a tensor, if it is there.
    public func entry(_ name: String) -> Entry? {
        // Sorted by name: binary search.
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].name < name { low = middle + 1 } else { high = middle }
        }
        return low < entries.count && entries[low].name == name ? entries[low] : nil
    }

    /// Reads a tensor of weights.
    /// - Throws: `SafetensorsError` when it is not there, `CheckpointError` when its type holds no weights, `FileError`.
    public func tensor(_ name: String) throws -> Tensor {
        guard let entry = entry(name) else {
            throw SafetensorsError(.tensorNotFound, path, "there is no tensor \(name)")
        }
        let at = entry.byteRange.lowerBound
        let elements: Tensor.Elements
        switch entry.elementType {
        case .float32:
            elements = .float32(try reader.floats(count: entry.byteRange.count / 4, at: at))
        case .bfloat16:
            elements = .bfloat16(try reader.integers(count: entry.byteRange.count / 2, at: at))
        case .float16:
            elements = .float16(try reader.integers(count: entry.byteRange.count / 2, at: at))
        default:
            throw CheckpointError(
                "Tensor \(name) of \(path) has element type \(entry.elementType.rawValue); weights are F32, BF16 or F16."
            )
        }
        return try Tensor(name: name, shape: entry.shape, elements: elements)
    }

    /// Reads a tensor of weights as floats (exact).
    /// - Throws: as `tensor(_:)`.
    public func floats(_ name: String) throws -> [Float] {
        try tensor(name).floats
    }

    /// Reads any tensor's bytes.
    /// - Throws: `SafetensorsError` when it is not there, `FileError`.
    public func bytes(_ name: String) throws -> [UInt8] {
        guard let entry = entry(name) else {
            throw SafetensorsError(.tensorNotFound, path, "there is no tensor \(name)")
        }
        return try reader.integers(count: entry.byteRange.count, at: entry.byteRange.lowerBound)
    }

    /// Writes tensors, durably and all or nothing. Equal tensors and metadata give equal bytes.
    /// - Throws: `CheckpointError` when two have one name, `FileError`.
    public static func write(
        _ tensors: [Tensor], metadata: [(key: String, value: String)] = [("format", "pt")], to path: String
    ) throws {
        let (header, ordered) = try layout(tensors, metadata: metadata)
        var file = try FileReplacement(of: path)
        try file.write(header)
        for tensor in ordered { try tensor.withBytes { try file.write($0) } }
        try file.commit()
    }

    /// The header with its length, and the tensors in the order of their bytes after it.
    static func layout(
        _ tensors: [Tensor], metadata: [(key: String, value: String)] = [("format", "pt")]
    ) throws(CheckpointError) -> (header: [UInt8], ordered: [Tensor]) {
        let ordered = tensors.sorted {
            let ranks = (rank($0.elementType), rank($1.elementType))
            return ranks.0 != ranks.1 ? ranks.0 > ranks.1 : $0.name < $1.name
        }
        for (first, second) in zip(ordered, ordered.dropFirst()) where first.name == second.name {
            throw CheckpointError("Two tensors are called \(first.name).")
        }
        var header = JSONObject()
        if !metadata.isEmpty {
            var object = JSONObject()
            for (key, value) in metadata { object[key] = .string(value) }
            header["__metadata__"] = .object(object)
        }
        var end = 0
        for tensor in ordered {
            var object = JSONObject()
            object["dtype"] = .string(tensor.elementType.rawValue)
            object["shape"] = .array(tensor.shape.map { .integer(Int64($0)) })
            object["data_offsets"] = .array([.integer(Int64(end)), .integer(Int64(end + tensor.byteCount))])
            header[tensor.name] = .object(object)
            end += tensor.byteCount
        }
        var text = Array(JSON.object(header).serialized().utf8)
        text += [UInt8](repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
        var bytes: [UInt8] = []
        bytes.append(integer: UInt64(text.count))
        return (bytes + text, ordered)
    }

    /// The reference implementation's order of types.
    private static func rank(_ type: ElementType) -> Int {
        switch type {
        case .float32: 2
        case .bfloat16: 1
        default: 0
        }
    }
}
