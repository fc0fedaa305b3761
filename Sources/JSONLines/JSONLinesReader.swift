import Compression

/// Reads a JSON Lines file (one value a line), plain or gzipped.
///
/// gzip is told by its first two bytes, not by the name. Blank lines are skipped but counted, so that line numbers are
/// those of an editor. The file is held in memory, decompressed, up to the limit.
public struct JSONLinesReader: Sendable {
    /// The file, as it was named.
    public let path: String
    private let bytes: [UInt8]
    private var position = 0
    private var line = 0

    /// Opens and reads the file.
    /// - Parameter limit: the most bytes the text may have, after decompression.
    /// - Throws: `JSONLinesError` when the file cannot be read, is damaged or too large.
    public init(path: String, limit: Int = 1 << 30) throws {
        self.path = path
        do {
            let file = try readFile(path, limit: limit)
            bytes = file.starts(with: Gzip.magic) ? try Gzip.decompress(file, limit: limit) : file
        } catch let error as CompressionError {
            throw JSONLinesError("\(path): \(error)")
        }
    }

    /// Reads bytes that are already in memory; `name` is what errors call them.
    public init(bytes: [UInt8], name: String) {
        self.path = name
        self.bytes = bytes
    }

    /// The next value and the number of its line, from 1; nil at the end.
    /// - Throws: `JSONLinesError` that names file and line. The next call goes on with the line after.
    public mutating func next() throws -> (line: Int, value: JSON)? {
        while position < bytes.count {
            let start = position
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            position = end + 1
            line += 1
            if bytes[start..<end].allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            do {
                return (line, try JSON.parse(bytes, in: start..<end))
            } catch {
                throw JSONLinesError("\(path), line \(line), column \(error.column): \(error.reason).")
            }
        }
        return nil
    }
}

/// Why a JSON Lines file could not be read.
public struct JSONLinesError: Error, CustomStringConvertible, Sendable, Equatable {
    /// One sentence that names the file and, if it is known, the line.
    public let description: String

    /// An error with its sentence.
    public init(_ description: String) { self.description = description }
}
