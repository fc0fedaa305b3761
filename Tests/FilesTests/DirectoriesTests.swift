import Files
import Testing

@Suite struct DirectoriesTests {
    @Test(arguments: [
        ("a", ".", "a"), ("a/b", "a", "b"), ("/a", "/", "a"), ("/a/b/c", "/a/b", "c"), ("a/b/", "a", "b"),
        ("/", "/", ""),
    ])
    func splits(path: String, directory: String, name: String) {
        let parts = Directories.split(path)
        #expect(parts.directory == directory)
        #expect(parts.name == name)
    }

    @Test func createsWhatLiesAbove() throws {
        let folder = try TemporaryFolder()
        let deep = folder.path + "/a/b/c"
        try Directories.create(deep)
        #expect(Directories.exists(deep))
        try Directories.create(deep)
    }

    @Test func publishesOnlyWhereNothingIs() throws {
        let folder = try TemporaryFolder()
        try Directories.create(folder.path + "/new")
        try FileReplacement.write([1], to: folder.path + "/new/x")
        try Directories.publish(folder.path + "/new", as: folder.path + "/final")
        #expect(try FileReader.contents(of: folder.path + "/final/x", limit: 10) == [1])
        try Directories.create(folder.path + "/second")
        #expect(throws: FileError.self) { try Directories.publish(folder.path + "/second", as: folder.path + "/final") }
    }

    @Test func namesTheDirectoryItCannotCreate() throws {
        let folder = try TemporaryFolder()
        try FileReplacement.write([1], to: folder.path + "/file")
        let error = #expect(throws: FileError.self) { try Directories.create(folder.path + "/file/below") }
        #expect(error?.description.contains("file/below") == true)
    }
}
