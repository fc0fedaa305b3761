#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

#if _endian(big)
    #error("Files of numbers are little-endian and read without conversion.")
#endif

/// A file open for reading at any position, straight into arrays; or bytes in memory that are read as one.
///
/// `pread` writes into the array's own storage, so that a large file of weights exists once in memory; a mapping would
/// turn a file truncated by someone else into a fatal signal instead of an error.
public final class FileReader: Sendable {
    /// As given.
    public let path: String
    /// Size when it was opened.
    public let byteCount: Int
    private let source: Source

    private enum Source: Sendable {
        case file(Int32)
        case memory(ArraySlice<UInt8>)
    }

    /// Reads bytes as the file of that name.
    public init(bytes: ArraySlice<UInt8>, name: String) {
        path = name
        byteCount = bytes.count
        source = .memory(bytes)
    }

    /// - Throws: `FileError` when it cannot be opened, is not a regular file, or is a symbolic link and links are not to be
    ///   followed.
    public init(path: String, followsLinks: Bool = true) throws(FileError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | (followsLinks ? 0 : O_NOFOLLOW))
        guard descriptor >= 0 else { throw FileError(cannot: "open", path, errno: errno) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            let code = errno
            close(descriptor)
            throw FileError(cannot: "inspect", path, errno: code)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw FileError(path: path, "\(path) is not a file.")
        }
        self.path = path
        self.byteCount = Int(status.st_size)
        source = .file(descriptor)
    }

    deinit {
        if case .file(let descriptor) = source { close(descriptor) }
    }

    /// `count` little-endian integers from byte `offset` on.
    /// - Throws: `FileError` on a read error or when the file ends before.
    public func integers<T: FixedWidthInteger & BitwiseCopyable>(
        _ type: T.Type = T.self, count: Int, at offset: Int
    ) throws(FileError) -> [T] {
        try read(count: count, at: offset, zero: 0)
    }

    /// `count` little-endian floats from byte `offset` on.
    /// - Throws: `FileError` on a read error or when the file ends before.
    public func floats(count: Int, at offset: Int) throws(FileError) -> [Float] {
        try read(count: count, at: offset, zero: 0)
    }

    /// The whole file.
    /// - Throws: `FileError` on a read error, or when it is larger than `limit` bytes.
    public static func contents(of path: String, limit: Int) throws(FileError) -> [UInt8] {
        let reader = try FileReader(path: path)
        guard reader.byteCount <= limit else {
            throw FileError(path: path, "\(path) has \(reader.byteCount) bytes; at most \(limit) are read.")
        }
        return try reader.integers(count: reader.byteCount, at: 0)
    }

    // Only called with types every bit pattern of which is a value.
    private func read<T: BitwiseCopyable>(count: Int, at offset: Int, zero: T) throws(FileError) -> [T] {
        let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<T>.stride)
        guard count >= 0, offset >= 0, !overflow, offset <= byteCount, size <= byteCount - offset else {
            throw FileError(
                path: path, "\(path) ends at byte \(byteCount), but \(count) values at byte \(offset) were to be read.")
        }
        var failure: Int32 = 0
        var done = 0
        let values = unsafe [T](unsafeUninitializedCapacity: count) { buffer, initialized in
            let raw = UnsafeMutableRawBufferPointer(buffer)
            switch source {
            case .memory(let bytes):
                let start = bytes.startIndex + offset
                unsafe raw.copyBytes(from: bytes[start..<start + size])
                done = size
            case .file(let descriptor):
                (done, failure) = unsafe Self.fill(raw, from: descriptor, at: offset)
            }
            initialized = done == size ? count : 0
        }
        guard failure == 0 else { throw FileError(cannot: "read", path, errno: failure) }
        guard done == size else { throw FileError(path: path, "\(path) became shorter while it was read.") }
        return values
    }

    /// Bytes read, and the error that ended it.
    private static func fill(
        _ raw: UnsafeMutableRawBufferPointer, from descriptor: Int32, at offset: Int
    ) -> (done: Int, failure: Int32) {
        var done = 0
        while done < raw.count {
            guard let start = raw.baseAddress else { break }
            let got = unsafe pread(descriptor, start + done, min(raw.count - done, 1 << 30), off_t(offset + done))
            if got > 0 {
                done += got
            } else if got == 0 {
                break
            } else if errno != EINTR {
                return (done, errno)
            }
        }
        return (done, 0)
    }
}
