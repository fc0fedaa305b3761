import Foundation
import Synchronization

/// Named moments between two steps of what must survive a crash. A test makes the process die, or the step fail, at one.
///
/// `REPRISE_FAILPOINT=NAME[:COUNT[:fail]]` in the environment arms one point: the process ends itself with SIGKILL when it
/// comes there for the COUNT-th time (the first unless said), or with `fail` the step fails as if the disk had. Without the
/// variable a point costs one comparison. Every boundary of journal and blobs has a point before and after what makes it
/// durable, and a test walks `allCases`, so that none can be forgotten. After FreeBSD's fail(9) and TiKV's fail-rs.
public enum Failpoint: String, CaseIterable, Sendable {
    // A new run's directory.
    /// Its folders are there; run.yaml, which makes it a run, is not.
    case directoryPrepared = "directory.prepared"

    // A file that replaces another whole.
    /// An empty temporary file is there.
    case fileCreated = "file.created"
    /// The temporary file is whole, and nothing is durable. May fail: the fsync.
    case fileWritten = "file.written"
    /// The temporary file is durable and not in its place.
    case fileSynchronized = "file.synchronized"
    /// It is in its place; the directory's entry may be lost in a power cut. May fail: the directory's fsync.
    case fileRenamed = "file.renamed"
    /// Everything is durable.
    case filePublished = "file.published"

    // A blob that comes in chunks.
    /// Some of it is in its file.
    case blobGrown = "blob.grown"
    /// All of it is, and nothing is durable. May fail: the fsync.
    case blobComplete = "blob.complete"
    /// It is durable and not in its place.
    case blobSynchronized = "blob.synchronized"
    /// It is in its place, and no record says so.
    case blobPublished = "blob.published"

    // Records: written within a transaction, and committed.
    /// The run and its prompts.
    case runWritten = "journal.run.written"
    case runCommitted = "journal.run.committed"
    /// A term.
    case termWritten = "journal.term.written"
    case termCommitted = "journal.term.committed"
    /// A result, or that there is none.
    case resultWritten = "journal.result.written"
    case resultCommitted = "journal.result.committed"
    /// An E-step's selection.
    case sealWritten = "journal.seal.written"
    case sealCommitted = "journal.seal.committed"
    /// A training set.
    case trainingSetWritten = "journal.training-set.written"
    case trainingSetCommitted = "journal.training-set.committed"
    /// A policy.
    case policyWritten = "journal.policy.written"
    case policyCommitted = "journal.policy.committed"
    /// The end of the run.
    case outcomeWritten = "journal.outcome.written"
    case outcomeCommitted = "journal.outcome.committed"

    // Moments of a run.
    /// The coordinator is about to send a part of a blob.
    case chunkLeaving = "chunk.leaving"
    /// A part of a new policy has reached the coordinator.
    case chunkArrived = "chunk.arrived"
    /// A learner has saved its optimiser.
    case trainingSaved = "training.saved"

    /// The process ends here when this point is armed.
    public func reached() {
        if let armed = Armed.point, armed.name == self { armed.hit(mayFail: false) }
    }

    /// As `reached()`; true when the step that follows is to fail.
    public func fails() -> Bool {
        guard let armed = Armed.point, armed.name == self else { return false }
        return armed.hit(mayFail: true)
    }
}

/// What the environment asked for, read once.
private final class Armed: Sendable {
    static let point = Armed(ProcessInfo.processInfo.environment["REPRISE_FAILPOINT"] ?? "")

    let name: Failpoint
    private let count: Int
    private let fails: Bool
    private let hits = Atomic<Int>(0)

    init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let first = parts.first, let name = Failpoint(rawValue: String(first)) else { return nil }
        self.name = name
        count = parts.count > 1 ? Int(parts[1]) ?? 1 : 1
        fails = parts.count > 2 && parts[2] == "fail"
    }

    @discardableResult
    func hit(mayFail: Bool) -> Bool {
        guard hits.add(1, ordering: .relaxed).newValue == count else { return false }
        if fails { return mayFail }
        // Not exit: nothing may run after this, as nothing does when the machine loses power.
        while true { kill(getpid(), SIGKILL) }
    }
}
