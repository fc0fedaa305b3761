import Files
import Foundation
import Testing

@Suite struct FileReplacementTests {
    @Test func replacesWholeOrNotAtAll() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/file"
        try FileReplacement.write([1, 2, 3], to: path)
        do {
            var unfinished = try FileReplacement(of: path)
            try unfinished.write([9])
            #expect(try folder.contents.count == 2)
        }
        #expect(try FileReader.contents(of: path, limit: 10) == [1, 2, 3])
        try FileReplacement.write([4], to: path)
        #expect(try FileReader.contents(of: path, limit: 10) == [4])
        #expect(try folder.contents == ["file"])
    }

    @Test func aPipeIsNotReplaced() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/pipe"
        let process = try Process.run(URL(filePath: "/usr/bin/mkfifo"), arguments: [path])
        process.waitUntilExit()
        let error = #expect(throws: FileError.self) { try FileReplacement.write([1], to: path) }
        #expect(error?.description.contains("is a device or a pipe, whose place a file cannot take") == true)
        #expect(try folder.contents == ["pipe"])
        let type = try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
        #expect(type != .typeRegular)
    }

    @Test func twoWritersDoNotShareATemporaryFile() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/file"
        var first = try FileReplacement(of: path)
        var second = try FileReplacement(of: path)
        try first.write([1])
        try second.write([2])
        try second.commit()
        try first.commit()
        #expect(try FileReader.contents(of: path, limit: 10) == [1])
        #expect(try folder.contents == ["file"])
    }

    @Test func namesTheMissingDirectory() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: FileError.self) { try FileReplacement.write([1], to: folder.path + "/no/file") }
        #expect(error?.description.contains("No such file or directory") == true)
    }
}
