import Dispatch
import Foundation
import RunStore
import Serving

/// Reads a run about once a second for everybody, and tells those who watch what has changed.
///
/// Nothing is read while nothing is written. Where reading takes long, because a run is large, it is done less often: a
/// tenth of one core at most goes into counting, and a fourth into what changes every second.
actor LiveFeed {
    /// What there is to show.
    enum State: Sendable {
        case run(Snapshot)
        /// There is nothing to show, and why.
        case none(String)
    }

    /// Watchers of the pages.
    nonisolated let hub = EventHub()
    private let directory: RunDirectory
    private let queue = DispatchQueue(label: "dashboard.feed")
    private let clock: @Sendable () -> Double
    private var reader: RunReader?
    private var version: Int64?
    private var liveDue = 0.0
    private var countsDue = 0.0
    private var countedVersion: Int64?
    private var beatDue = 0.0
    private(set) var state = State.none("The run is being read.")

    init(_ directory: RunDirectory, clock: @escaping @Sendable () -> Double = Journal.wallClock) {
        self.directory = directory
        self.clock = clock
    }

    /// Reads until the task is cancelled.
    ///
    /// - Parameter beat: called after each look.
    func run(_ beat: @Sendable () -> Void) async {
        while !Task.isCancelled {
            await refresh()
            beat()
            try? await Task.sleep(for: .seconds(1))
        }
        hub.close()
    }

    /// One look at the run, and what is new to whom it concerns.
    func refresh() async {
        do {
            state = .run(try await look())
        } catch {
            state = .none("\(error)")
            reader = nil
        }
        for page in LivePage.allCases { hub.publish(page.content(state, now: clock()), on: page.rawValue) }
        if clock() >= beatDue {
            beatDue = clock() + 10
            hub.beat()
        }
    }

    private func look() async throws -> Snapshot {
        let reader = try await opened()
        let version = try await blocking { try reader.version() }
        var snapshot: Snapshot
        if case .run(let old) = state, version == self.version || clock() < liveDue {
            snapshot = old
        } else {
            let began = clock()
            let live = try await blocking { try reader.live() }
            self.version = version
            liveDue = clock() + 3 * (clock() - began)
            snapshot = Snapshot(live: live, counts: Snapshot.Counts(), readAt: began)
            if case .run(let old) = state { snapshot.counts = old.counts }
        }
        if version != countedVersion, clock() >= countsDue {
            let began = clock()
            snapshot.counts = try await blocking { try reader.counts() }
            countedVersion = version
            countsDue = clock() + max(2, 9 * (clock() - began))
        }
        return snapshot
    }

    private func opened() async throws -> RunReader {
        if let reader {
            if try await blocking({ reader.isThere }) { return reader }
            self.reader = nil
            state = .none("\(directory.path) was removed")
        }
        let (directory, clock) = (directory, clock)
        let opened = try await blocking { try RunReader(directory, clock: clock) }
        reader = opened
        (version, countedVersion) = (nil, nil)
        return opened
    }

    /// Off the cooperative threads: SQLite waits for the disk.
    private func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body() }) }
        }
    }
}
