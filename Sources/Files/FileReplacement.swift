import Failpoints

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file written beside its final place and moved there whole.
///
/// Temporary file in the same directory → write → `fsync` → `rename` → `fsync` of the directory: whoever opens the path
/// sees the old content or the new, also after a power cut. Without `commit()` the temporary file is removed. An `fsync`
/// that fails is an error and never retried: the kernel may have dropped the pages already.
public struct FileReplacement: ~Copyable {
    /// Where the content will be.
    public let path: String
    private let temporary: String
    private let descriptor: Int32
    private var isCommitted = false

    /// - Parameter permissions: of the new file; 0o600 for secrets.
    /// - Throws: `FileError` when the temporary file cannot be created.
    public init(of path: String, permissions: UInt32 = 0o644) throws(FileError) {
        var status = stat()
        if unsafe stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG, status.st_mode & S_IFMT != S_IFDIR {
            throw FileError(
                path: path, isOfWriting: true,
                "\(path) is a device or a pipe, whose place a file cannot take: name a file, or redirect the output.")
        }
        let (directory, name) = Directories.split(path)
        // Exclusive creation: leftovers of a killed process are skipped, never shared.
        for attempt in 0..<1000 {
            let candidate = "\(directory)/.\(name).\(getpid())-\(attempt).partial"
            let descriptor = unsafe open(candidate, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, permissions)
            if descriptor >= 0 {
                self.path = path
                self.temporary = candidate
                self.descriptor = descriptor
                Failpoint.fileCreated.reached()
                return
            }
            if errno != EEXIST { throw FileError(cannot: "create", path, errno: errno) }
        }
        throw FileError(
            path: path, isOfWriting: true, "Cannot write \(path): 1000 unfinished temporary files lie beside it.")
    }

    /// Appends bytes.
    /// - Throws: `FileError` on a write error, a full disk for example.
    public mutating func write(_ bytes: RawSpan) throws(FileError) {
        var done = 0
        var failure: Int32 = 0
        unsafe bytes.withUnsafeBytes { buffer in
            while done < buffer.count, failure == 0 {
                guard let start = buffer.baseAddress else { break }
                let put = unsafe Self.put(descriptor, start + done, min(buffer.count - done, 1 << 30))
                if put >= 0 { done += put } else if errno != EINTR { failure = errno }
            }
        }
        guard failure == 0 else { throw FileError(cannot: "write", temporary, errno: failure) }
    }

    /// Appends bytes.
    /// - Throws: `FileError` on a write error, a full disk for example.
    public mutating func write(_ bytes: [UInt8]) throws(FileError) {
        try unsafe write(bytes.span.bytes)
    }

    /// Makes the content durable and visible at `path`.
    /// - Throws: `FileError`; the old content then still stands.
    public consuming func commit() throws(FileError) {
        if Failpoint.fileWritten.fails() { throw FileError(cannot: "make durable", temporary, errno: EIO) }
        guard fsync(descriptor) == 0 else { throw FileError(cannot: "make durable", temporary, errno: errno) }
        Failpoint.fileSynchronized.reached()
        guard unsafe rename(temporary, path) == 0 else { throw FileError(cannot: "replace", path, errno: errno) }
        isCommitted = true
        if Failpoint.fileRenamed.fails() { throw FileError(cannot: "make durable", path, errno: EIO) }
        try Directories.synchronize(Directories.split(path).directory)
        Failpoint.filePublished.reached()
    }

    /// One call for a small file.
    /// - Throws: `FileError`; the old content then still stands.
    public static func write(_ bytes: [UInt8], to path: String, permissions: UInt32 = 0o644) throws(FileError) {
        var file = try FileReplacement(of: path, permissions: permissions)
        try file.write(bytes)
        try file.commit()
    }

    deinit {
        close(descriptor)
        if !isCommitted { _ = unsafe unlink(temporary) }
    }

    // The system's `write`, whose name this type shadows.
    @unsafe private static func put(_ descriptor: Int32, _ start: UnsafeRawPointer, _ count: Int) -> Int {
        #if canImport(Glibc)
            unsafe Glibc.write(descriptor, start, count)
        #elseif canImport(Musl)
            unsafe Musl.write(descriptor, start, count)
        #else
            unsafe Darwin.write(descriptor, start, count)
        #endif
    }
}
