import Foundation
import Synchronization

@testable import RunStore

/// A run directory that disappears with its last reference.
final class TemporaryRun: Sendable {
    let folder: String
    let directory: RunDirectory

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "reprise-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        directory = try RunDirectory.create(folder + "/run", configuration: "mode: sft\n")
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func journal(clock: @escaping @Sendable () -> Double = { 1000 }) throws -> Journal {
        try Journal(holding: try directory.lock(), clock: clock)
    }

    /// The run as a crash at this moment would leave it: what is on disk, and no process.
    func afterCrash() throws -> RunDirectory {
        let copy = folder + "/crashed-\(UUID().uuidString)"
        try FileManager.default.copyItem(atPath: directory.path, toPath: copy)
        return try RunDirectory.open(copy)
    }
}

/// A clock that tests move.
final class ManualClock: Sendable {
    private let time: Mutex<Double>
    init(_ time: Double) { self.time = Mutex(time) }
    func advance(by seconds: Double) { time.withLock { $0 += seconds } }
    var read: @Sendable () -> Double { { self.time.withLock { $0 } } }
}

func readFile(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: path))) }

func writeFile(_ bytes: [UInt8], to path: String) throws { try Data(bytes).write(to: URL(filePath: path)) }
