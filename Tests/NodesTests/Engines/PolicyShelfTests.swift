import Checkpoints
import Digests
import Files
import Foundation
import RolloutCore
import Testing

@testable import Nodes

@Suite struct PolicyShelfTests {
    private let run: TinyRun
    private let shelf: PolicyShelf

    init() throws {
        run = try TinyRun()
        shelf = PolicyShelf(directory: run.path + "/policies", keep: 2)
    }

    private func name(_ version: UInt32) -> PolicyName {
        shelf.name(of: PolicyManifest(version: version, base: .zero, weights: Digest.of("\(version)"), delta: nil))
    }

    private var entries: Set<String> {
        Set((try? FileManager.default.contentsOfDirectory(atPath: shelf.directory)) ?? [])
    }

    @Test("The latest checkpoints are kept, and what is not a policy is left alone")
    func pruning() throws {
        for version in UInt32(0)...3 {
            try shelf.write(.checkpoint(run.base.checkpoint), as: name(version))
            let date = Date(timeIntervalSince1970: Double(version) * 1000)
            try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: name(version).directory)
        }
        try FileManager.default.createDirectory(atPath: shelf.directory + "/mine", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(
            atPath: shelf.directory + "/.\(name(4).text).1.partial", withIntermediateDirectories: true)
        // Used again, the oldest is the latest.
        try shelf.write(.checkpoint(run.base.checkpoint), as: name(0))
        shelf.prune(keeping: name(1))
        #expect(entries == [name(0).text, name(1).text, "mine"])
    }

    @Test("A policy that is there in the other form is written in the wanted one")
    func otherForm() throws {
        let adapter = try LowRankAdapter(nothingOver: run.base.checkpoint)
        for form in [ServedPolicy.checkpoint(run.base.checkpoint), .adapter(adapter), .checkpoint(run.base.checkpoint)]
        {
            try shelf.write(form, as: name(1))
            #expect(form.isThere(name(1).directory))
        }
        #expect(try Checkpoint.load(directory: name(1).directory).weightsDigest == run.base.weightsDigest)
    }

    private func context(_ isCancelled: @escaping @Sendable () -> Bool = { false }) -> TaskContext {
        TaskContext(blobs: BlobCache(), base: nil, isCancelled: isCancelled, progress: { _ in })
    }

    @Test("Those who draw share the lock, and who loads has it alone; a task that is stopped waits no longer")
    func locking() throws {
        let first = try shelf.lock(isShared: true, in: context())
        let second = try shelf.lock(isShared: true, in: context())
        withExtendedLifetime((first, second)) {
            #expect(throws: FileLock.Taken.self) { try FileLock(path: shelf.directory + "/lock") }
            let error = #expect(throws: TaskError.self) { _ = try shelf.lock(isShared: false, in: context { true }) }
            #expect(error?.failureClass == .system)
        }
    }
}
