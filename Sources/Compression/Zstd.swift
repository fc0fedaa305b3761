import CZstd

/// Zstandard frames (RFC 8878), by libzstd.
///
/// One frame a call, with its content size in the header. The receiver states how many bytes it expects: a frame that holds
/// more, fewer, or says otherwise in its header is refused before anything is believed.
public enum Zstd {
    /// One frame with the bytes' own size in its header.
    /// - Throws: `CompressionError`.
    public static func compress(_ bytes: [UInt8], level: Int = 3) throws -> [UInt8] {
        guard let level = Int32(exactly: level), level >= ZSTD_minCLevel(), level <= ZSTD_maxCLevel() else {
            throw CompressionError(
                "zstd has no level \(level): choose one from \(ZSTD_minCLevel()) to \(ZSTD_maxCLevel()).")
        }
        let capacity = ZSTD_compressBound(bytes.count)
        return try unsafe [UInt8](unsafeUninitializedCapacity: capacity) { target, count in
            let written = unsafe bytes.withUnsafeBytes { source in
                unsafe ZSTD_compress(target.baseAddress, capacity, source.baseAddress, source.count, level)
            }
            try check(written, "compress")
            count = written
        }
    }

    /// The content of one frame, which must be exactly `byteCount` bytes.
    ///
    /// Memory for `byteCount` bytes is reserved: the caller bounds a count that a peer or a file declared.
    /// - Throws: `CompressionError` when the data are damaged, truncated, followed by others, or of another size.
    public static func decompress(_ bytes: [UInt8], byteCount: Int) throws -> [UInt8] {
        guard byteCount >= 0 else { throw CompressionError("zstd cannot decompress to \(byteCount) bytes.") }
        let (frame, declared) = unsafe bytes.withUnsafeBytes { source in
            (
                unsafe ZSTD_findFrameCompressedSize(source.baseAddress, source.count),
                unsafe ZSTD_getFrameContentSize(source.baseAddress, source.count)
            )
        }
        try check(frame, "decompress")
        guard frame == bytes.count else {
            throw CompressionError("The zstd frame ends after \(frame) of \(bytes.count) bytes; send one frame alone.")
        }
        guard declared == unknownSize || declared == UInt64(byteCount) else {
            throw CompressionError("The zstd frame holds \(declared) bytes where \(byteCount) were expected.")
        }
        let content = try unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { target, count in
            let written = unsafe bytes.withUnsafeBytes { source in
                unsafe ZSTD_decompress(target.baseAddress, byteCount, source.baseAddress, source.count)
            }
            try check(written, "decompress")
            count = written
        }
        guard content.count == byteCount else {
            throw CompressionError("The zstd frame holds \(content.count) bytes where \(byteCount) were expected.")
        }
        return content
    }

    // ZSTD_CONTENTSIZE_UNKNOWN, a macro that Swift does not import.
    private static let unknownSize = UInt64.max

    private static func check(_ result: Int, _ action: String) throws {
        guard ZSTD_isError(result) == 0 else {
            let reason = unsafe ZSTD_getErrorName(result).map { unsafe String(cString: $0) } ?? "unknown error"
            throw CompressionError("zstd cannot \(action) the data: \(reason).")
        }
    }
}
