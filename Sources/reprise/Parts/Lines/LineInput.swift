import ArgumentParser
import Compression
import Foundation
import JSONLines

/// Where a part's lines come from: a file or standard input.
struct LineInput: ParsableArguments {
    @Argument(help: "JSON Lines, plain or gzipped; standard input when absent or '-'.") var file: String?

    /// The lines of the file, which is read whole.
    func open() throws -> LineReader {
        try Self.open(file == "-" ? nil : file)
    }

    /// The lines of a file, or of standard input for nil.
    static func open(_ file: String?) throws -> LineReader {
        guard let file else {
            if isatty(FileHandle.standardInput.fileDescriptor) == 1 {
                let note = "Reading lines from the terminal; Ctrl-D ends them.\n"
                try? FileHandle.standardError.write(contentsOf: Data(note.utf8))
            }
            return try LineReader(bytes(of: .standardInput, "standard input"), name: "standard input")
        }
        guard FileManager.default.fileExists(atPath: file) else {
            throw Failure(.missing, "There is no file \(file).")
        }
        guard let handle = FileHandle(forReadingAtPath: file) else {
            throw Failure(.missing, "\(file) cannot be opened for reading.")
        }
        defer { try? handle.close() }
        return try LineReader(bytes(of: handle, file), name: file)
    }

    private static func bytes(of handle: FileHandle, _ name: String) throws -> [UInt8] {
        let bytes: [UInt8]
        do {
            bytes = try handle.readToEnd().map { [UInt8]($0) } ?? []
        } catch {
            throw Failure(.data, "\(name) cannot be read; is it a file?")
        }
        guard bytes.starts(with: Gzip.magic) else { return bytes }
        do {
            return try Gzip.decompress(bytes, limit: largestByteCount)
        } catch {
            throw Failure(.data, "\(name): \(error)")
        }
    }

    /// Keeps a small file that unpacks to a huge one from taking all memory.
    private static let largestByteCount = 1 << 33
}

/// Hands out the lines of an input, each a JSON object.
struct LineReader {
    /// Lines of the text, empty ones included.
    let lineCount: Int
    private let name: String
    private var reader: JSONLinesReader

    init(_ bytes: [UInt8], name: String) {
        self.name = name
        reader = JSONLinesReader(bytes: bytes, name: name)
        lineCount =
            bytes.count { $0 == UInt8(ascii: "\n") } + (bytes.last.map { $0 == UInt8(ascii: "\n") } ?? true ? 0 : 1)
    }

    /// The next line; nil at the end. Empty lines are passed over.
    mutating func next() throws -> InputLine? {
        guard let (number, value) = try reader.next() else { return nil }
        let place = "\(name), line \(number)"
        guard let object = value.object else {
            throw Failure(.data, "\(place): the line is not a JSON object such as {\"text\": \"…\"}.")
        }
        return InputLine(name: name, number: number, object: object)
    }
}
