import Digests
import RolloutCore
import Testing

@testable import Simulator

@Suite struct DiskTests {
    private func term(_ number: UInt64) -> Record { .termStarted(Term(rawValue: number)) }

    @Test func aCrashTakesOnlyATailThatWasNotSynced() throws {
        var lost: Set<Int> = []
        for seed in UInt64(1)...50 {
            var disk = Disk()
            var random = SplitMix(seed: seed, stream: 1)
            try disk.write([term(1)])
            try disk.sync()
            for number in UInt64(2)...4 { try disk.write([term(number)]) }
            disk.crash(losesTail: true, &random)
            let left = disk.records.count
            #expect(left >= 1 && disk.records == (1...4).prefix(left).map { term(UInt64($0)) })
            lost.insert(4 - left)
        }
        #expect(lost == [0, 1, 2, 3])
    }

    @Test func aFailedSyncLosesWhatItShouldHaveWritten() throws {
        var disk = Disk()
        var random = SplitMix(seed: 1, stream: 1)
        try disk.write([term(1)])
        disk.failsNextSync = true
        #expect(throws: DiskError.syncFailed) { try disk.sync() }
        // A second sync says that all is well, as kernels do.
        try disk.write([term(2)])
        try disk.sync()
        disk.crash(losesTail: false, &random)
        #expect(disk.records.isEmpty)
    }

    @Test func aFullDiskTakesNothing() {
        var disk = Disk()
        disk.isFull = true
        #expect(throws: DiskError.full) { try disk.write([term(1)]) }
        #expect(throws: DiskError.full) { try disk.publish([1], as: Digest.of([1]), isSynced: true) }
        #expect(disk.records.isEmpty && disk.blobs.isEmpty)
    }

    @Test func rotIsSeenAndRestored() throws {
        var disk = Disk()
        var random = SplitMix(seed: 1, stream: 1)
        let bytes: [UInt8] = [1, 2, 3]
        try disk.publish(bytes, as: Digest.of(bytes), isSynced: true)
        disk.rotBlob(&random)
        #expect(disk.isRotten && !disk.holds(Digest.of(bytes)))
        disk.restore()
        #expect(!disk.isRotten && disk.holds(Digest.of(bytes)))
    }

    @Test func onlyDigestsNameFiles() {
        var disk = Disk()
        disk.open("blobs/\(Digest.of("x"))")
        #expect(disk.strangeName == nil)
        disk.open("blobs/../\(Digest.of("x"))")
        #expect(disk.strangeName != nil)
    }
}
