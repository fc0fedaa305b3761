import Transformer

/// Live progress of a training: steps, rate, time left, loss.
struct TrainingScreen {
    private let title: String
    private var screen = LiveScreen()
    private let began = ContinuousClock.now

    init(title: String) {
        self.title = title
    }

    mutating func show(_ progress: TrainingProgress) {
        let elapsed = began.duration(to: .now)
        let seconds = elapsed / .seconds(1)
        let left = elapsed * (Double(progress.steps - progress.step) / Double(max(1, progress.step)))
        let rate = Double(progress.tokens) / max(seconds, 1e-6)
        let line = """
            \(title)  \(Format.bar(Double(progress.step) / Double(max(1, progress.steps))))  step \(progress.step)/\
            \(progress.steps)  loss \(Format.number(progress.loss, digits: 3))  \(Int(rate)) tokens/s  \
            \(Format.duration(left)) left
            """
        screen.show([line], plain: line)
    }

    /// Takes the line away.
    mutating func end() { screen.clear() }
}
