import Digests
import Files
import Foundation
import Numerics

/// Vectors kept on disk from one process to the next: one file an encoder, named by its digest, a record a text.
///
/// A record is the text's digest (32 bytes), the vector (little-endian floats) and a CRC-32C of both. Records are only ever
/// appended, each batch with one write by the one process that holds the file's lock, so that a process killed at any time
/// leaves whole records and at most one torn one, which the next writer cuts off. What fails its checksum is computed anew.
/// A process that finds the lock taken reads what is there and adds nothing.
final class EmbeddingFile {
    /// Where it lies.
    let path: String
    /// Why nothing is added, if that is so: a sentence for people.
    private(set) var idleReason: String?
    private let dimension: Int
    private let header: [UInt8]
    private let limit: Int
    private let lock: FileLock?
    private var writer: GrowingFile?
    private var reader: FileReader?
    /// Text's digest → number of its record.
    private var records: [Digest: Int] = [:]
    private var count = 0

    private var recordSize: Int { 32 + 4 * dimension + 4 }

    /// Opens or begins the file of an encoder in a directory, which is made if need be.
    ///
    /// - Parameter limit: bytes beyond which nothing is added.
    /// - Throws: `FileError`.
    init(directory: String, encoder: Digest, dimension: Int, limit: Int) throws {
        path = "\(directory)/\(encoder.short).embeddings"
        self.dimension = dimension
        self.limit = limit
        header = Array("reprise-embeddings-1\n".utf8) + encoder.bytes + Self.bytes(UInt32(dimension))
        try Directories.create(directory)
        do {
            lock = try FileLock(path: path + ".lock")
        } catch is FileLock.Taken {
            lock = nil
            idleReason = "another process is adding to \(path), so what this one computes is not kept"
        }
        if lock != nil { writer = try GrowingFile(path: path) }
        if FileManager.default.fileExists(atPath: path) { try readRecords() }
    }

    private func readRecords() throws {
        let file = try FileReader(path: path)
        let head: [UInt8] = try file.integers(count: min(header.count, file.byteCount), at: 0)
        let isOurs = head == header
        if isOurs {
            let chunk = max(1, (1 << 20) / recordSize)
            let whole = (file.byteCount - header.count) / recordSize
            for first in stride(from: 0, to: whole, by: chunk) {
                let size = min(chunk, whole - first)
                let bytes: [UInt8] = try file.integers(
                    count: size * recordSize, at: header.count + first * recordSize)
                for index in 0..<size {
                    let start = index * recordSize
                    if let digest = Digest(bytes: bytes[start..<start + 32]) { records[digest] = first + index }
                }
            }
            count = whole
            reader = file
        }
        guard let writer else { return }
        // Empty, torn, or not what the name says.
        if !isOurs {
            try writer.truncate(to: 0)
            try writer.append(header)
        } else if file.byteCount != header.count + count * recordSize {
            try writer.truncate(to: header.count + count * recordSize)
        }
    }

    /// The vector of a text, if it is here and whole.
    func vector(_ text: Digest) throws -> Vector? {
        guard let record = records[text] else { return nil }
        let at = header.count + record * recordSize
        if reader.map({ $0.byteCount < at + recordSize }) ?? true { reader = try FileReader(path: path) }
        guard let reader, reader.byteCount >= at + recordSize else { return nil }
        let bytes: [UInt8] = try reader.integers(count: recordSize, at: at)
        let stored = bytes.suffix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard CRC32C.checksum(Array(bytes.dropLast(4))) == stored, bytes.starts(with: text.bytes) else {
            records[text] = nil
            return nil
        }
        return Vector(try reader.floats(count: dimension, at: at + 32))
    }

    /// Adds vectors that are not here, as far as there is room.
    func add(_ vectors: [(text: Digest, vector: Vector)]) throws {
        guard let writer else { return }
        var bytes: [UInt8] = []
        for (text, vector) in vectors where records[text] == nil {
            guard header.count + (count + 1) * recordSize <= limit else {
                idleReason = "\(path) has reached its limit of \(limit >> 20) MiB, so further vectors are not kept"
                break
            }
            var record = text.bytes
            record.reserveCapacity(recordSize)
            for value in vector.array { record += Self.bytes(value.bitPattern) }
            record += Self.bytes(CRC32C.checksum(record))
            bytes += record
            records[text] = count
            count += 1
        }
        if !bytes.isEmpty { try writer.append(bytes) }
    }

    private static func bytes(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}
