import Dispatch
import Foundation
import Synchronization

/// Counts Ctrl-C and SIGTERM.
final class Interrupts {
    private final class Count: Sendable {
        let value = Atomic<Int>(0)
    }

    private let number = Count()
    private let sources: [any DispatchSourceSignal]

    init() {
        let number = number
        sources = [SIGINT, SIGTERM].map { name in
            signal(name, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: name, queue: .global())
            source.setEventHandler { number.value.add(1, ordering: .relaxed) }
            source.resume()
            return source
        }
    }

    var count: Int { number.value.load(ordering: .relaxed) }

    /// The same for other threads.
    var counter: @Sendable () -> Int { { [number] in number.value.load(ordering: .relaxed) } }
}
