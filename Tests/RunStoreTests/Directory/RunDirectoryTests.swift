import Foundation
import Testing

@testable import RunStore

@Suite struct RunDirectoryTests {
    @Test func holdsWhatItWasMadeWith() throws {
        let run = try TemporaryRun()
        #expect(try String(contentsOfFile: run.directory.configurationFile, encoding: .utf8) == "mode: sft\n")
        let names = try FileManager.default.contentsOfDirectory(atPath: run.directory.path).sorted()
        #expect(names == ["blobs", "checkpoints", "lock", "logs", "run.yaml"])
        #expect(try RunDirectory.open(run.directory.path + "/") == run.directory)
    }

    @Test func whoTakesARunFindsItsFolders() throws {
        let run = try TemporaryRun()
        for name in ["blobs", "logs"] { try FileManager.default.removeItem(atPath: "\(run.directory.path)/\(name)") }
        let lock = try run.directory.lock()
        withExtendedLifetime(lock) {
            for name in ["blobs/partial", "checkpoints", "logs"] {
                #expect(FileManager.default.fileExists(atPath: "\(run.directory.path)/\(name)"))
            }
        }
        let error = #expect(throws: RunStoreError.self) { try RunDirectory.open(run.directory.configurationFile) }
        #expect(error?.description.contains("run.yaml is a file and no run: give the directory of a run") == true)
    }

    @Test func refusesARunThatExists() throws {
        let run = try TemporaryRun()
        let error = #expect(throws: RunStoreError.self) {
            try RunDirectory.create(run.directory.path, configuration: "mode: rest-pg\n")
        }
        #expect(error?.kind == .occupied)
        #expect(error?.description.contains("--resume") == true)
        #expect(try String(contentsOfFile: run.directory.configurationFile, encoding: .utf8) == "mode: sft\n")
    }

    @Test func oneOfTwoStartsAtOnceGetsTheRun() async throws {
        let run = try TemporaryRun()
        for attempt in 0..<20 {
            let path = run.folder + "/race-\(attempt)"
            let made = await withTaskGroup(of: String?.self) { group in
                for text in ["mode: sft\n", "mode: rest-em\n"] {
                    group.addTask { (try? RunDirectory.create(path, configuration: text)) == nil ? nil : text }
                }
                return await group.reduce(into: [String]()) { made, text in if let text { made.append(text) } }
            }
            try #require(made.count == 1)
            #expect(try String(contentsOfFile: path + "/run.yaml", encoding: .utf8) == made[0])
        }
    }

    @Test func refusesAFolderOfSomethingElse() throws {
        let run = try TemporaryRun()
        let folder = run.folder + "/mine"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try writeFile([1], to: folder + "/thesis.tex")
        let error = #expect(throws: RunStoreError.self) { try RunDirectory.create(folder, configuration: "") }
        #expect(error?.description.contains("thesis.tex") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["thesis.tex"])
        let missing = #expect(throws: RunStoreError.self) { try RunDirectory.open(folder) }
        #expect(missing?.kind == .missing)
        #expect(throws: RunStoreError.self) { try RunDirectory.open(run.folder + "/nowhere") }
    }

    @Test func takesOverAStartThatWasCutShort() throws {
        let run = try TemporaryRun()
        let folder = run.folder + "/begun"
        try FileManager.default.createDirectory(atPath: folder + "/blobs", withIntermediateDirectories: true)
        #expect(try RunDirectory.create(folder, configuration: "a: 1\n").path == folder)
    }

    @Test func isLockedByOneProcessAtATime() throws {
        let run = try TemporaryRun()
        do {
            let lock = try run.directory.lock()
            let error = #expect(throws: RunStoreError.self) { _ = try run.directory.lock() }
            #expect(error?.kind == .inUse)
            let pid = ProcessInfo.processInfo.processIdentifier
            #expect(error?.description.contains("process \(pid)") == true)
            withExtendedLifetime(lock) {}
        }
        _ = try run.directory.lock()
    }
}
