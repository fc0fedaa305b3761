public import Configuration

/// One thing that goes wrong at one time.
public struct Injection: Sendable, Equatable {
    /// From the cluster's start.
    public var at: Duration
    /// What happens.
    public var kind: FaultKind
    /// Whom it strikes; of connections and messages, the role at their end.
    public var target: FaultTarget
    /// Which of them, as a share of their number; all of them when nil.
    public var pick: Double?
    /// How long it lasts; zero for what is done in a moment.
    public var lasting: Duration
    /// Share of the time that a slowed process stands still.
    public var share: Double
    /// Which way messages go that it strikes.
    public var direction: FaultDirection

    /// Those of some candidates that it strikes.
    func struck<Candidate>(of candidates: [Candidate]) -> [Candidate] {
        guard let pick, !candidates.isEmpty else { return candidates }
        return [candidates[min(candidates.count - 1, Int(pick * Double(candidates.count)))]]
    }

    /// One line for people.
    public var line: String {
        let isAlone = target == .coordinator || target == .learner
        let whom = "\(isAlone ? "the" : pick == nil ? "every" : "a") \(target.rawValue)"
        var text =
            switch kind {
            case .kill, .stop, .slow: "\(kind.rawValue) \(whom)"
            case .disk: "fill the disk of \(whom)"
            case .cut: "cut \(whom) off"
            case .reset: "reset the connection of \(whom)"
            case .loss, .duplication, .reordering, .delay, .corruption:
                "\(kind.rawValue) of messages, \(target.rawValue)"
            }
        if direction != .both { text += ", \(direction.rawValue)" }
        if kind == .slow { text += ", still \(Int((share * 100).rounded())) % of the time" }
        if lasting > .zero { text += ", for \(lasting.text)" }
        return "\(at.text)  \(text)"
    }
}

extension Duration {
    /// Seconds with one decimal.
    var text: String {
        let tenths = Int((self / .milliseconds(100)).rounded())
        return "\(tenths / 10).\(tenths % 10) s"
    }

    /// From seconds, to the millisecond: a plan's draws are the same numbers on every machine.
    static func seconds(rounding seconds: Double) -> Duration { .milliseconds(Int64((seconds * 1000).rounded())) }
}
