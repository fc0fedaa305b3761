import Foundation
import Testing

@testable import Files

@Suite struct GrowingFileTests {
    @Test func growsOverSeveralLivesAndMoves() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/partial"
        do { try GrowingFile(path: path).append([1, 2, 3]) }
        let file = try GrowingFile(path: path)
        try file.append([4])
        try file.truncate(to: 2)
        try file.append([9])
        try file.publish(as: folder.path + "/whole")
        #expect(try folder.contents == ["whole"])
        #expect(try FileReader.contents(of: folder.path + "/whole", limit: 10) == [1, 2, 9])
    }

    @Test func doesNotFollowLinks() throws {
        let folder = try TemporaryFolder()
        try FileReplacement.write([1], to: folder.path + "/target")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/link", withDestinationPath: folder.path + "/target")
        #expect(throws: FileError.self) { _ = try GrowingFile(path: folder.path + "/link") }
        #expect(throws: FileError.self) { _ = try FileReader(path: folder.path + "/link", followsLinks: false) }
        #expect(try FileReader(path: folder.path + "/link").byteCount == 1)
    }
}
