import Files

/// A named array of weights in the element type it is stored in.
///
/// The elements keep their file's bits, so that reading and writing changes nothing; floats are made on demand. Row-major,
/// the last axis contiguous. Arrays are shared until changed: handing tensors around copies nothing.
public struct Tensor: Sendable {
    /// Elements in their own type; 16-bit types as bit patterns.
    public enum Elements: Sendable {
        case float32([Float])
        case bfloat16([UInt16])
        case float16([UInt16])
    }

    /// As in the file, for example `model.layers.0.self_attn.q_proj.weight`.
    public let name: String
    /// Sizes of the axes, outermost first; the product is the number of elements.
    public let shape: [Int]
    /// The values.
    public let elements: Elements

    /// - Throws: `CheckpointError` when the shape does not hold that many elements.
    public init(name: String, shape: [Int], elements: Elements) throws(CheckpointError) {
        self.name = name
        self.shape = shape
        self.elements = elements
        guard Self.elementCount(of: shape) == count else {
            throw CheckpointError("Tensor \(name) has \(count) elements, which do not make the shape \(shape).")
        }
    }

    /// Rounds floats to an element type (to nearest even).
    /// - Throws: `CheckpointError` when the shape does not hold that many elements or the type holds no weights.
    public init(
        name: String, shape: [Int], floats: [Float], as type: ElementType = .float32
    ) throws(CheckpointError) {
        switch type {
        case .float32: try self.init(name: name, shape: shape, elements: .float32(floats))
        case .bfloat16:
            try self.init(name: name, shape: shape, elements: .bfloat16(floats.map { HalfPrecision.bfloat16($0) }))
        case .float16:
            try self.init(name: name, shape: shape, elements: .float16(floats.map { HalfPrecision.float16($0) }))
        default: throw CheckpointError("Tensor \(name) cannot hold weights as \(type.rawValue).")
        }
    }

    /// The type the elements are stored in.
    public var elementType: ElementType {
        switch elements {
        case .float32: .float32
        case .bfloat16: .bfloat16
        case .float16: .float16
        }
    }

    /// Number of elements.
    public var count: Int {
        switch elements {
        case .float32(let values): values.count
        case .bfloat16(let bits), .float16(let bits): bits.count
        }
    }

    /// Size of the elements in bytes.
    public var byteCount: Int { count * elementType.bitCount / 8 }

    /// The values as floats (exact); for float32 the stored array itself, nothing copied.
    public var floats: [Float] {
        switch elements {
        case .float32(let values): values
        case .bfloat16(let bits): bits.map { HalfPrecision.float(bfloat16: $0) }
        case .float16(let bits): bits.map { HalfPrecision.float(float16: $0) }
        }
    }

    /// Calls with the elements' bytes, little-endian.
    public func withBytes<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch elements {
        case .float32(let values): try values.withByteSpan(body)
        case .bfloat16(let bits), .float16(let bits): try bits.withByteSpan(body)
        }
    }

    /// The same elements under another name and shape.
    /// - Throws: `CheckpointError` when the shape does not hold that many elements.
    public func renamed(_ name: String, shape: [Int]? = nil) throws(CheckpointError) -> Tensor {
        try Tensor(name: name, shape: shape ?? self.shape, elements: elements)
    }

    /// Whether type, shape and every bit agree (so that a NaN equals itself and −0 differs from 0).
    public func isIdentical(to other: Tensor) -> Bool {
        guard shape == other.shape else { return false }
        switch (elements, other.elements) {
        case (.float32(let a), .float32(let b)):
            return a.elementsEqual(b) { $0.bitPattern == $1.bitPattern }
        case (.bfloat16(let a), .bfloat16(let b)), (.float16(let a), .float16(let b)):
            return a == b
        default: return false
        }
    }

    /// The product of the sizes; `nil` when one is negative or the product overflows.
    static func elementCount(of shape: [Int]) -> Int? {
        var product = 1
        for size in shape {
            let (next, overflow) = product.multipliedReportingOverflow(by: size)
            guard size >= 0, !overflow else { return nil }
            product = next
        }
        return product
    }
}
