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

    @Test func needsADirectory() throws {
        let folder = try TemporaryFolder()
        #expect(throws: FileError.self) { _ = try FileLock(path: folder.path + "/missing/lock") }
    }
}
