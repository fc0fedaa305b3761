import Foundation
import Testing

@testable import Files

@Suite struct FileLockTests {
    @Test func isExclusiveUntilItIsGone() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/lock"
        do {
            let lock = try FileLock(path: path)
            let taken = #expect(throws: FileLock.Taken.self) { _ = try FileLock(path: path) }
            #expect(taken?.holder == "process \(ProcessInfo.processInfo.processIdentifier)")
            withExtendedLifetime(lock) {}
        }
        _ = try FileLock(path: path)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self/fd"), "needs /proc"))
    func aCopyOfTheDescriptorDoesNotKeepTheLock() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/lock"
        var copy: Int32 = -1
        do {
            let lock = try FileLock(path: path)
            // As a process has that is just being started.
            let own = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").first {
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == path
            }
            copy = dup(try #require(own.flatMap { Int32($0) }))
            withExtendedLifetime(lock) {}
        }
        defer { close(copy) }
        #expect(copy >= 0)
        _ = try FileLock(path: path)
    }

    @Test func isSharedByThoseWhoShareIt() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/lock"
        do {
            let first = try FileLock(path: path, isShared: true)
            let second = try FileLock(path: path, isShared: true)
            #expect(throws: FileLock.Taken.self) { _ = try FileLock(path: path) }
            withExtendedLifetime((first, second)) {}
        }
        let alone = try FileLock(path: path)
        #expect(throws: FileLock.Taken.self) { _ = try FileLock(path: path, isShared: true) }
        withExtendedLifetime(alone) {}
    }

    @Test func needsADirectory() throws {
        let folder = try TemporaryFolder()
        #expect(throws: FileError.self) { _ = try FileLock(path: folder.path + "/missing/lock") }
    }
}
