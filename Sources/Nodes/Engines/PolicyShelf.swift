import Files
import Foundation
import RolloutCore

/// The directory of one server's policies, which it shares with the samplers that ask it: a checkpoint in the Hugging Face
/// layout or a LoRA adapter in PEFT's for each, whole or not there, and a lock.
///
/// Who draws shares the lock; who has the server load another policy holds it alone. So no policy is ever exchanged under a
/// task that draws from it, by whichever slot, process or machine that shares the directory (flock(2), on NFS too).
struct PolicyShelf: Sendable {
    let directory: String
    /// Policies kept.
    let keep: Int

    func name(of policy: PolicyManifest) -> PolicyName { PolicyName(policy, in: directory) }

    /// Writes a policy unless it is there.
    ///
    /// - Throws: what the disk reports.
    func write(_ policy: ServedPolicy, as name: PolicyName) throws {
        if policy.isThere(name.directory) {
            // Used again: it is not the oldest any more.
            try? FileManager.default.setAttributes([.modificationDate: Date.now], ofItemAtPath: name.directory)
            return
        }
        // What is there otherwise is the policy's other form, from before engines.sampler.writes was changed.
        if Directories.exists(name.directory) { try FileManager.default.removeItem(atPath: name.directory) }
        try policy.save(directory: name.directory)
    }

    /// Removes all but the latest policies, and what killed processes left half-written. What cannot be removed stays.
    func prune(keeping name: PolicyName) {
        let manager = FileManager.default
        var old: [(path: String, date: Date)] = []
        for entry in (try? manager.contentsOfDirectory(atPath: directory)) ?? [] {
            let path = "\(directory)/\(entry)"
            if entry.hasSuffix(".partial") { try? manager.removeItem(atPath: path) }
            guard PolicyName.isOne(entry), path != name.directory else { continue }
            let date = (try? manager.attributesOfItem(atPath: path))?[.modificationDate] as? Date
            old.append((path, date ?? .distantPast))
        }
        for entry in old.sorted(by: { $0.date > $1.date }).dropFirst(max(0, keep - 1)) {
            try? manager.removeItem(atPath: entry.path)
        }
    }

    /// Takes the lock as soon as it is free.
    func lock(isShared: Bool, in context: TaskContext) throws(TaskError) -> FileLock {
        var reminder = Reminder()
        while true {
            if context.isCancelled() { throw .system("the task was stopped") }
            do {
                try Directories.create(directory)
                return try FileLock(path: directory + "/lock", isShared: isShared)
            } catch is FileLock.Taken {
                reminder.look(context) {
                    isShared
                        ? "waiting for the server: another sampler has it load a policy"
                        : "waiting to have the server load a policy: others still draw from the one it holds"
                }
                Thread.sleep(forTimeInterval: 0.05)
            } catch {
                throw .system("\(error)")
            }
        }
    }
}

/// Says what is waited for, every ten seconds.
struct Reminder {
    private static let interval = Duration.seconds(10)
    private var next = ContinuousClock.now + interval

    mutating func look(_ context: TaskContext, _ what: () -> String) {
        guard ContinuousClock.now >= next else { return }
        next = .now + Self.interval
        context.say(what())
    }
}
