#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file whose time of modification says that its process works: health checks look how old it is.
public final class Pulse: Sendable {
    private let descriptor: Int32

    /// - Throws: `FileError` when the file cannot be created.
    public init(path: String) throws(FileError) {
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw FileError(cannot: "create", path, errno: errno) }
    }

    /// Renews the file's time.
    public func beat() {
        // A time that cannot be set grows old, and is seen by those who look.
        _ = futimens(descriptor, nil)
    }

    deinit { close(descriptor) }
}
