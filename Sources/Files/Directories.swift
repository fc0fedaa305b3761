#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The few things about directories that durability needs.
public enum Directories {
    /// Makes creations, renames and removals in a directory durable.
    /// - Throws: `FileError`.
    public static func synchronize(_ path: String) throws(FileError) {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(cannot: "open directory", path, errno: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileError(cannot: "make durable", path, errno: errno) }
    }

    /// Creates a directory and those above it; fine if it exists.
    /// - Parameter permissions: of the directory itself.
    /// - Throws: `FileError`.
    public static func create(_ path: String, permissions: UInt32 = 0o755) throws(FileError) {
        if unsafe mkdir(path, permissions) == 0 || exists(path) { return }
        let code = errno
        let parent = split(path).directory
        guard code == ENOENT, parent != path, parent != "." else {
            throw FileError(cannot: "create directory", path, errno: code)
        }
        try create(parent)
        guard unsafe mkdir(path, permissions) == 0 || exists(path) else {
            throw FileError(cannot: "create directory", path, errno: errno)
        }
    }

    /// Whether a directory is there.
    public static func exists(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Device and number of a directory, which no other that exists has; nil when there is none.
    public static func identity(_ path: String) -> String? {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
        return "\(status.st_dev):\(status.st_ino)"
    }

    /// Moves a complete directory to a place where nothing is, durably.
    /// - Throws: `FileError`, also when something is there already.
    public static func publish(_ temporary: String, as path: String) throws(FileError) {
        try synchronize(temporary)
        guard unsafe rename(temporary, path) == 0 else { throw FileError(cannot: "create", path, errno: errno) }
        try synchronize(split(path).directory)
    }

    /// Removes a file, durably; fine if there is none.
    /// - Throws: `FileError`.
    public static func remove(file path: String) throws(FileError) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else {
            throw FileError(cannot: "remove", path, errno: errno)
        }
        try synchronize(split(path).directory)
    }

    /// The directory part ("." when there is none) and the last name of a path; trailing slashes do not count.
    public static func split(_ path: String) -> (directory: String, name: String) {
        var text = Substring(path)
        while text.count > 1, text.hasSuffix("/") { text.removeLast() }
        guard let slash = text.lastIndex(of: "/") else { return (".", String(text)) }
        let directory = text[..<slash]
        return (directory.isEmpty ? "/" : String(directory), String(text[text.index(after: slash)...]))
    }
}
