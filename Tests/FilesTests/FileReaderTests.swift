import Files
import Testing

@Suite struct FileReaderTests {
    @Test func readsNumbersAnywhere() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/numbers"
        var file = try FileReplacement(of: path)
        try file.write([7])
        try [UInt16](1...4).withByteSpan { try file.write($0) }
        try [1.5, -0.0, .infinity].withByteSpan { (bytes: RawSpan) in try file.write(bytes) }
        try file.commit()
        let reader = try FileReader(path: path)
        #expect(reader.byteCount == 21)
        #expect(try reader.integers(UInt16.self, count: 3, at: 3) == [2, 3, 4])
        #expect(try reader.floats(count: 3, at: 9).map(\.bitPattern) == [1.5, -0.0, Float.infinity].map(\.bitPattern))
        #expect(try reader.floats(count: 0, at: 21).isEmpty)
    }

    @Test(arguments: [(3, 19), (1, 21), (-1, 0), (1, -1), (Int.max, 0)])
    func refusesToReadBeyondTheEnd(count: Int, offset: Int) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/short"
        try FileReplacement.write([UInt8](repeating: 1, count: 21), to: path)
        let reader = try FileReader(path: path)
        #expect(throws: FileError.self) { try reader.integers(UInt32.self, count: count, at: offset) }
    }

    @Test func saysWhatIsMissing() throws {
        let folder = try TemporaryFolder()
        let missing = #expect(throws: FileError.self) { try FileReader(path: folder.path + "/none") }
        #expect(missing?.description == "Cannot open \(folder.path)/none: No such file or directory.")
        let directory = #expect(throws: FileError.self) { try FileReader(path: folder.path) }
        #expect(directory?.description == "\(folder.path) is not a file.")
        try FileReplacement.write([1, 2, 3], to: folder.path + "/three")
        #expect(throws: FileError.self) { try FileReader.contents(of: folder.path + "/three", limit: 2) }
    }
}
