#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A lock on a file, exclusive or shared with others of its kind, held until the value is gone or the process ends, however
/// it ends (flock(2)).
///
/// The file stays: removing it would let two processes lock two files of the same name. It holds the process id of whoever
/// locked it last for itself, for people.
public final class FileLock: Sendable {
    /// Somebody else holds the lock.
    public struct Taken: Error, Sendable {
        /// What the file says about the holder.
        public let holder: String
    }

    private let descriptor: Int32

    /// Takes the lock, or fails at once.
    ///
    /// - Parameter isShared: whether others may hold the lock at the same time, in the same way.
    /// - Throws: `Taken`, or `FileError` when the file cannot be created.
    public init(path: String, isShared: Bool = false) throws {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw FileError(cannot: "open", path, errno: errno) }
        guard flock(descriptor, (isShared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            guard code == EWOULDBLOCK else { throw FileError(cannot: "lock", path, errno: code) }
            let holder = (try? FileReader.contents(of: path, limit: 64)) ?? []
            throw Taken(holder: String(decoding: holder, as: UTF8.self))
        }
        self.descriptor = descriptor
        if isShared { return }
        let text = Array("process \(getpid())".utf8)
        _ = ftruncate(descriptor, 0)
        _ = unsafe text.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    deinit {
        // Said, not left to close: a process that is being started on another thread holds a copy of the descriptor until it
        // executes its program, and the lock would stay with the copy.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
