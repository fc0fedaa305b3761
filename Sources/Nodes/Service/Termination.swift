import Dispatch
import Foundation
import Synchronization

/// Turns SIGTERM, SIGINT and the end of the parent process into a call: the first asks to drain, a second signal ends the
/// process at once.
final class Termination {
    private let sources: [any DispatchSourceSignal]
    private let watch: (any DispatchSourceTimer)?

    /// - Parameters:
    ///   - parent: The process whose end means drain; nil for none.
    ///   - drain: Called once.
    init(parent: Int32?, drain: @escaping @Sendable () -> Void) {
        let queue = DispatchQueue(label: "termination")
        let calls = Calls()
        sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                if calls.isFirst() { drain() } else { exit(128 + number) }
            }
            source.resume()
            return source
        }
        guard let parent else {
            watch = nil
            return
        }
        // Linux gives orphans another parent; a child learns of it by looking.
        let timer = DispatchSource.makeTimerSource(queue: queue)
        timer.schedule(deadline: .now() + 1, repeating: 1)
        timer.setEventHandler {
            if getppid() != parent, calls.isFirst() { drain() }
        }
        timer.resume()
        watch = timer
    }

    private final class Calls: Sendable {
        private let count = Atomic<Int>(0)
        func isFirst() -> Bool { count.add(1, ordering: .relaxed).newValue == 1 }
    }
}
