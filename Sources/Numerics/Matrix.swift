/// A row-major view in a `FloatBuffer`: rows of `columns` consecutive Floats, `rowStride` apart. A value: copying it copies
/// the view, not the numbers. Slices by rows and by columns are views too, so the parts of a fused product need no copy.
public struct Matrix: Sendable {
    /// The memory looked at.
    public let buffer: FloatBuffer
    /// Index of element (0, 0) in the buffer.
    public let offset: Int
    /// Number of rows.
    public let rows: Int
    /// Number of columns.
    public let columns: Int
    /// Distance in Floats between the starts of two rows.
    public let rowStride: Int

    /// The view of rows × columns Floats of `buffer` from `offset`.
    public init(buffer: FloatBuffer, offset: Int, rows: Int, columns: Int, rowStride: Int) {
        precondition(offset >= 0 && rows >= 0 && columns >= 0 && rowStride >= columns, "no such view")
        precondition(
            rows == 0 || offset + (rows - 1) * rowStride + columns <= buffer.count, "view outside its buffer")
        self.buffer = buffer
        self.offset = offset
        self.rows = rows
        self.columns = columns
        self.rowStride = rowStride
    }

    /// New memory of rows × columns zeros.
    public init(rows: Int, columns: Int) {
        self.init(
            buffer: FloatBuffer(count: rows * columns), offset: 0, rows: rows, columns: columns, rowStride: columns)
    }

    /// New memory with a copy of `values`, row after row.
    public init(rows: Int, columns: Int, _ values: [Float]) {
        precondition(values.count == rows * columns, "\(values.count) values for \(rows) × \(columns)")
        self.init(Vector(values), rows: rows, columns: columns)
    }

    /// The same memory as `vector`, seen as rows × columns.
    public init(_ vector: Vector, rows: Int, columns: Int) {
        precondition(rows * columns <= vector.count, "\(rows) × \(columns) does not fit \(vector.count) elements")
        self.init(buffer: vector.buffer, offset: vector.offset, rows: rows, columns: columns, rowStride: columns)
    }

    var pointer: UnsafeMutablePointer<Float> { unsafe buffer.base + offset }

    /// Whether the rows follow each other without gaps.
    public var isContiguous: Bool { rowStride == columns || rows <= 1 }

    /// One element.
    public subscript(row: Int, column: Int) -> Float {
        get {
            precondition(row >= 0 && row < rows && column >= 0 && column < columns, "index outside the matrix")
            return unsafe pointer[row * rowStride + column]
        }
        nonmutating set {
            precondition(row >= 0 && row < rows && column >= 0 && column < columns, "index outside the matrix")
            unsafe pointer[row * rowStride + column] = newValue
        }
    }

    /// One row.
    public func row(_ index: Int) -> Vector {
        precondition(index >= 0 && index < rows, "row outside the matrix")
        return Vector(buffer: buffer, offset: offset + index * rowStride, count: columns)
    }

    /// The view of some rows.
    public func rows(_ range: Range<Int>) -> Matrix {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows outside the matrix")
        let start = range.isEmpty ? offset : offset + range.lowerBound * rowStride
        return Matrix(buffer: buffer, offset: start, rows: range.count, columns: columns, rowStride: rowStride)
    }

    /// The view of some columns.
    public func columns(_ range: Range<Int>) -> Matrix {
        precondition(range.lowerBound >= 0 && range.upperBound <= columns, "columns outside the matrix")
        return Matrix(
            buffer: buffer, offset: offset + range.lowerBound, rows: rows, columns: range.count, rowStride: rowStride)
    }

    /// All elements as one vector; the matrix must be contiguous.
    public var elements: Vector {
        precondition(isContiguous, "the rows of this view are not contiguous")
        return Vector(buffer: buffer, offset: offset, count: rows * columns)
    }

    /// A copy of the elements, row after row.
    public var array: [Float] {
        var result: [Float] = []
        result.reserveCapacity(rows * columns)
        for index in 0..<rows {
            unsafe result.append(
                contentsOf: UnsafeBufferPointer(start: pointer + index * rowStride, count: columns))
        }
        return result
    }

    /// Sets every element.
    public func fill(_ value: Float) {
        for index in 0..<rows { unsafe (pointer + index * rowStride).update(repeating: value, count: columns) }
    }

    /// Copies another matrix of the same shape.
    public func copy(from other: Matrix) {
        precondition(other.rows == rows && other.columns == columns, "matrices of different shapes")
        for index in 0..<rows {
            unsafe (pointer + index * rowStride).update(
                from: other.pointer + index * other.rowStride, count: columns)
        }
    }

    /// Copies values given row after row.
    public func copy(from values: [Float]) {
        precondition(values.count == rows * columns, "\(values.count) values for \(rows) × \(columns)")
        unsafe values.withUnsafeBufferPointer { source in
            guard let start = source.baseAddress else { return }
            for index in 0..<rows {
                unsafe (pointer + index * rowStride).update(from: start + index * columns, count: columns)
            }
        }
    }
}
