import Nodes
import Synchronization

/// Progress of the search through profiles, once it has taken two seconds.
final class SearchScreen: Sendable {
    private let screen = Mutex(LiveScreen())

    /// May be called from any thread.
    @Sendable func show(_ progress: SearchProgress) {
        guard progress.elapsed > .seconds(2) else { return }
        let share = Double(progress.done) / Double(max(1, progress.total))
        let left = progress.left.map { "  \(Format.duration($0)) left" } ?? ""
        let line = """
            profiles, \(progress.split)  \(Format.bar(share))  \(progress.done)/\(progress.total) texts  \
            \(Format.number(progress.rate, digits: progress.rate < 10 ? 1 : 0)) texts/s\(left)
            """
        screen.withLock { $0.show([line], plain: line) }
    }

    /// Takes the line away.
    func end() { screen.withLock { $0.clear() } }
}
