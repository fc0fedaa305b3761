/// A view of consecutive Floats in a `FloatBuffer`. A value: copying it copies the view, not the numbers.
public struct Vector: Sendable {
    /// The memory looked at.
    public let buffer: FloatBuffer
    /// Index of the first element in the buffer.
    public let offset: Int
    /// Number of elements.
    public let count: Int

    /// The view of `count` Floats of `buffer` from `offset`.
    public init(buffer: FloatBuffer, offset: Int, count: Int) {
        precondition(offset >= 0 && count >= 0 && offset + count <= buffer.count, "view outside its buffer")
        self.buffer = buffer
        self.offset = offset
        self.count = count
    }

    /// New memory of `count` zeros.
    public init(count: Int) {
        self.init(buffer: FloatBuffer(count: count), offset: 0, count: count)
    }

    /// New memory with a copy of `values`.
    public init(_ values: [Float]) {
        self.init(count: values.count)
        copy(from: values)
    }

    var pointer: UnsafeMutablePointer<Float> { unsafe buffer.base + offset }

    /// One element.
    public subscript(index: Int) -> Float {
        get {
            precondition(index >= 0 && index < count, "index outside the vector")
            return unsafe pointer[index]
        }
        nonmutating set {
            precondition(index >= 0 && index < count, "index outside the vector")
            unsafe pointer[index] = newValue
        }
    }

    /// The view of a part.
    public subscript(range: Range<Int>) -> Vector {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "range outside the vector")
        return Vector(buffer: buffer, offset: offset + range.lowerBound, count: range.count)
    }

    /// A copy of the elements.
    public var array: [Float] {
        unsafe Array(UnsafeBufferPointer(start: pointer, count: count))
    }

    /// Sets every element.
    public func fill(_ value: Float) {
        unsafe pointer.update(repeating: value, count: count)
    }

    /// Copies as many values as this view has elements.
    public func copy(from values: [Float]) {
        precondition(values.count == count, "\(values.count) values for a vector of \(count)")
        unsafe values.withUnsafeBufferPointer { source in
            if let start = source.baseAddress { unsafe pointer.update(from: start, count: count) }
        }
    }

    /// Copies another vector of the same length.
    public func copy(from other: Vector) {
        precondition(other.count == count, "vectors of \(other.count) and \(count) elements")
        unsafe pointer.update(from: other.pointer, count: count)
    }
}
