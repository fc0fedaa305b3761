#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What went wrong with a file: one sentence that names it and the system's reason.
public struct FileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file or directory.
    public let path: String
    /// The system's `errno`; 0 when the system reported no error but the content is not what was asked for.
    public let code: Int32
    /// The whole sentence.
    public let description: String

    /// Whether the disk is full, failed or cannot be written, as opposed to a file that is not there or not readable.
    public var isOfTheDisk: Bool { [ENOSPC, EDQUOT, EIO, EROFS, EFBIG].contains(code) }

    /// Whether something was to be written, as opposed to read.
    public let isOfWriting: Bool

    /// A sentence of one's own about a file.
    public init(path: String, isOfWriting: Bool = false, _ sentence: String) {
        self.path = path
        self.code = 0
        self.isOfWriting = isOfWriting
        self.description = sentence
    }

    /// "Cannot `verb` `path`: reason."
    init(cannot verb: String, _ path: String, errno code: Int32) {
        self.path = path
        self.code = code
        isOfWriting = Self.writingVerbs.contains(verb)
        let reason = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
        self.description = "Cannot \(verb) \(path): \(reason)."
    }

    private static let writingVerbs: Set = [
        "create", "create directory", "write", "replace", "make durable", "remove", "shorten",
    ]
}
