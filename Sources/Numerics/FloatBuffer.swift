// Memory of single-precision numbers: 64-byte aligned, zeroed, owned by a class, so that views of it are plain values.
//
// Threads may use one buffer at the same time as long as what one writes no other touches: the callers split the work by
// index (`parallel`), the views carry no locks. That is what `@unchecked Sendable` stands for here and in the views.

/// A fixed block of zero-initialised, 64-byte aligned Floats.
@safe
public final class FloatBuffer: @unchecked Sendable {
    let base: UnsafeMutablePointer<Float>
    /// Number of Floats.
    public let count: Int

    /// Allocates `count` zeros.
    public init(count: Int) {
        precondition(count >= 0, "negative buffer size")
        self.count = count
        let bytes = (max(count, 1) * MemoryLayout<Float>.stride + 63) / 64 * 64
        let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        unsafe raw.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        unsafe base = raw.bindMemory(to: Float.self, capacity: max(count, 1))
    }

    deinit {
        unsafe base.deallocate()
    }
}

/// Hands out consecutive 64-byte aligned views of one buffer: one arena per tensor family, nothing allocated per step.
///
/// `mark` and `release(to:)` give back what was taken since; views taken before stay valid, views released are overwritten
/// by the next taker.
public struct Arena: Sendable {
    /// The memory behind every view.
    public let buffer: FloatBuffer
    /// Floats taken so far; `release(to:)` goes back to an earlier value.
    public private(set) var mark = 0

    /// An arena of `capacity` Floats; each view taken is rounded up to 16.
    public init(capacity: Int) {
        buffer = FloatBuffer(count: capacity)
    }

    /// Floats that a view of `count` takes.
    public static func footprint(_ count: Int) -> Int {
        (count + 15) / 16 * 16
    }

    /// The next `count` Floats.
    public mutating func vector(_ count: Int) -> Vector {
        precondition(mark + Arena.footprint(count) <= buffer.count + 15, "arena exhausted")
        let view = Vector(buffer: buffer, offset: mark, count: count)
        mark += Arena.footprint(count)
        return view
    }

    /// The next rows × columns Floats as a contiguous matrix.
    public mutating func matrix(rows: Int, columns: Int) -> Matrix {
        Matrix(vector(rows * columns), rows: rows, columns: columns)
    }

    /// Gives back everything taken since `mark` had this value.
    public mutating func release(to earlier: Int = 0) {
        precondition(earlier >= 0 && earlier <= mark, "not an earlier mark")
        mark = earlier
    }
}
