#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The bytes of a file, without Foundation.
/// - Throws: `JSONLinesError` when the file cannot be opened or read, or has more bytes than the limit.
func readFile(_ path: String, limit: Int) throws -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw JSONLinesError("\(path) cannot be opened: \(reason(errno)).") }
    defer { _ = close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while true {
        let count = unsafe read(descriptor, &chunk, chunk.count)
        if count < 0 && errno == EINTR { continue }
        guard count >= 0 else { throw JSONLinesError("\(path) cannot be read: \(reason(errno)).") }
        if count == 0 { return bytes }
        guard bytes.count + count <= limit else {
            throw JSONLinesError("\(path) has more bytes than the limit of \(limit).")
        }
        bytes.append(contentsOf: chunk[..<count])
    }
}

private func reason(_ code: Int32) -> String {
    // strerror's text lives in thread-local storage on every platform named above.
    unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
}
