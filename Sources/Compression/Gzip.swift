import CZlib

/// gzip members (RFC 1952), by zlib.
///
/// Data sets come as `.jsonl.gz`. Members that follow one another are read as one content, as `gzip -d` does.
public enum Gzip {
    /// The two bytes that every gzip member starts with.
    public static let magic: [UInt8] = [0x1F, 0x8B]

    /// The content of all members.
    /// - Parameter limit: the most bytes the content may have; a small file can expand a thousandfold.
    /// - Throws: `CompressionError` when the data are damaged, truncated, followed by something else, or over the limit.
    public static func decompress(_ bytes: [UInt8], limit: Int) throws -> [UInt8] {
        var stream = unsafe z_stream()
        // 15 bits of window, plus 16: a gzip header and nothing else.
        guard unsafe inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw CompressionError("zlib could not start: out of memory.")
        }
        defer { _ = unsafe inflateEnd(&stream) }
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        var position = 0
        var isInMember = true
        while isInMember || position < bytes.count {
            if !isInMember {
                unsafe inflateReset(&stream)
                isInMember = true
            }
            let (status, consumed, produced) = unsafe step(&stream, bytes, position, &chunk, inflate, Z_NO_FLUSH)
            position += consumed
            guard content.count + produced <= limit else {
                throw CompressionError("The gzip data hold more than the limit of \(limit) bytes.")
            }
            content.append(contentsOf: chunk[..<produced])
            switch status {
            case Z_STREAM_END: isInMember = false
            case Z_OK where consumed > 0 || produced > 0: break
            case Z_OK, Z_BUF_ERROR: throw CompressionError("The gzip data end too early, after \(bytes.count) bytes.")
            default: throw CompressionError("The gzip data are damaged near byte \(position)\(unsafe reason(stream)).")
            }
        }
        return content
    }

    /// One member. Equal bytes give equal members: the header has no time, no name and no operating system.
    /// - Throws: `CompressionError`.
    public static func compress(_ bytes: [UInt8]) throws -> [UInt8] {
        var stream = unsafe z_stream()
        let started = unsafe deflateInit2_(
            &stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard started == Z_OK else { throw CompressionError("zlib could not start: out of memory.") }
        defer { _ = unsafe deflateEnd(&stream) }
        var member: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        var position = 0
        var status = Z_OK
        while status != Z_STREAM_END {
            let isLast = bytes.count - position <= largestPiece
            let (next, consumed, produced) = unsafe step(
                &stream, bytes, position, &chunk, deflate, isLast ? Z_FINISH : Z_NO_FLUSH)
            guard next == Z_OK || next == Z_STREAM_END else {
                throw CompressionError("zlib cannot compress the data\(unsafe reason(stream)).")
            }
            status = next
            position += consumed
            member.append(contentsOf: chunk[..<produced])
        }
        // Byte 9 names the operating system; 255 is "unknown".
        if member.count > 9 { member[9] = 255 }
        return member
    }

    // zlib counts in 32 bits: longer input goes in pieces.
    private static let largestPiece = 1 << 30

    /// Runs `body` once over what is left of `bytes` into `chunk`.
    private static func step(
        _ stream: inout z_stream, _ bytes: [UInt8], _ position: Int, _ chunk: inout [UInt8],
        _ body: (UnsafeMutablePointer<z_stream>, Int32) -> Int32, _ flush: Int32
    ) -> (status: Int32, consumed: Int, produced: Int) {
        let offered = min(bytes.count - position, largestPiece)
        let room = chunk.count
        let status = unsafe bytes.withUnsafeBufferPointer { source in
            unsafe chunk.withUnsafeMutableBufferPointer { target in
                unsafe stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress.map { unsafe $0 + position })
                unsafe stream.avail_in = UInt32(offered)
                unsafe stream.next_out = target.baseAddress
                unsafe stream.avail_out = UInt32(room)
                return unsafe body(&stream, flush)
            }
        }
        return unsafe (status, offered - Int(stream.avail_in), room - Int(stream.avail_out))
    }

    private static func reason(_ stream: z_stream) -> String {
        unsafe stream.msg.map { unsafe ": " + String(cString: $0) } ?? ""
    }
}
