#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the system says about a file: enough to see that it was changed or replaced, and who may read it.
public struct FileStatus: Sendable, Equatable {
    /// Device and number: a file that takes another's place has others.
    public let device: UInt64
    /// See `device`.
    public let number: UInt64
    /// Size in bytes.
    public let byteCount: Int64
    /// Last modification, in nanoseconds since 1970.
    public let modified: Int64
    /// The user it belongs to.
    public let owner: UInt32
    /// The nine bits of who may read, write and execute it.
    public let permissions: UInt32

    /// Looks at a path; a link is followed.
    /// - Throws: `FileError` when nothing is there.
    public init(of path: String) throws(FileError) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw FileError(cannot: "inspect", path, errno: errno) }
        device = UInt64(status.st_dev)
        number = UInt64(status.st_ino)
        byteCount = Int64(status.st_size)
        #if canImport(Darwin)
            let time = status.st_mtimespec
        #else
            let time = status.st_mtim
        #endif
        modified = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        owner = UInt32(status.st_uid)
        permissions = UInt32(status.st_mode) & 0o777
    }

    /// Whether nobody can read the file but its owner and, where that is the administrator and not this process's user, the
    /// group it was given to (PostgreSQL's rule for the keys of a server, which container platforms follow).
    public var isPrivate: Bool {
        permissions & 0o077 == 0 || owner == 0 && geteuid() != 0 && permissions & 0o037 == 0
    }
}
