import Failpoints

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file that is written from front to back, perhaps over several lives of a process, and then moved to its place.
public final class GrowingFile: Sendable {
    /// Where it grows.
    public let path: String
    private let descriptor: Int32

    /// Opens what an earlier process left, or an empty file. Symbolic links are not followed.
    /// - Throws: `FileError`.
    public init(path: String) throws(FileError) {
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw FileError(cannot: "open", path, errno: errno) }
        self.path = path
    }

    deinit { close(descriptor) }

    /// Adds bytes at the end.
    /// - Throws: `FileError` on a write error, a full disk for example.
    public func append(_ bytes: [UInt8]) throws(FileError) {
        var done = 0
        var failure: Int32 = 0
        unsafe bytes.withUnsafeBytes { buffer in
            while done < buffer.count, failure == 0 {
                guard let start = buffer.baseAddress else { break }
                let put = unsafe write(descriptor, start + done, buffer.count - done)
                if put >= 0 { done += put } else if errno != EINTR { failure = errno }
            }
        }
        guard failure == 0 else { throw FileError(cannot: "write", path, errno: failure) }
        Failpoint.blobGrown.reached()
    }

    /// Drops everything from a position on.
    /// - Throws: `FileError`.
    public func truncate(to byteCount: Int) throws(FileError) {
        guard ftruncate(descriptor, off_t(byteCount)) == 0 else {
            throw FileError(cannot: "shorten", path, errno: errno)
        }
    }

    /// Makes the content durable and moves it to `path`, whole. A failed `fsync` is never retried.
    /// - Throws: `FileError`.
    public func publish(as path: String) throws(FileError) {
        if Failpoint.blobComplete.fails() { throw FileError(cannot: "make durable", self.path, errno: EIO) }
        guard fsync(descriptor) == 0 else { throw FileError(cannot: "make durable", self.path, errno: errno) }
        Failpoint.blobSynchronized.reached()
        guard unsafe rename(self.path, path) == 0 else { throw FileError(cannot: "create", path, errno: errno) }
        try Directories.synchronize(Directories.split(path).directory)
        Failpoint.blobPublished.reached()
    }
}
