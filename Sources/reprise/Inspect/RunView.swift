import RolloutCore
import RunStore

/// How a run is shown while it goes on: a value rendered to lines, the same for `run`, `watch` and `status`.
struct RunView {
    let summary: RunSummary
    /// When the training that runs will be done, where that is known.
    var trainingTimeLeft: Duration?
    /// Columns there are.
    var width = Int.max

    /// Everything, one line per step that has begun.
    var lines: [String] {
        var lines = [heading] + rationales
        for iteration in 0...summary.iterations { lines += steps(iteration) }
        if let training = summary.training { lines.append(self.training(training)) }
        if let awaited { lines.append("  waiting    for a \(awaited) to join") }
        lines += wrapped("  nodes      ", nodes) + wrapped("  faults     ", faults)
        if let silence {
            lines.append(
                "  SILENT     the coordinator last wrote \(Format.duration(.seconds(silence))) ago: it is not running")
        }
        if let halted = summary.halted { lines.append("  HALTED     " + halted) }
        return lines
    }

    /// The same in one line, for pipes and logs.
    var plain: String {
        var parts = [summary.name, summary.phase ?? "starting"]
        if let silence { parts.append("SILENT for \(Format.duration(.seconds(silence))): it is not running") }
        if let halted = summary.halted { parts.append("HALTED: \(halted)") }
        if let awaited { parts.append("waiting for a \(awaited) to join") }
        if let training = summary.training {
            parts.append("step \(training.step)/\(training.steps) loss \(Format.number(training.loss, digits: 3))")
        } else if let group = summary.progress.last(where: { $0.done > 0 && $0.done < $0.total }) {
            parts.append("\(group.group.kind) \(group.done)/\(group.total)")
        }
        if let rewards = summary.rewards.last(where: { $0.split == .train }), let mean = rewards.mean {
            parts.append("E-step \(rewards.iteration) reward \(Format.reward(mean))")
        }
        parts.append("\(summary.nodes.count.counted("node"))")
        parts.append(elapsed)
        return parts.joined(separator: "  ")
    }

    /// The role that the run cannot go on without, and that nobody has.
    private var awaited: String? {
        guard summary.bestPolicy == nil, summary.halted == nil, silence == nil, let phase = summary.phase else {
            return nil
        }
        func isMissing(_ role: Role) -> Bool { !summary.nodes.contains { $0.role == "\(role)" } }
        if phase.hasPrefix("training") { return isMissing(.learner) ? "\(Role.learner)" : nil }
        guard phase.hasPrefix("sampling") || phase.hasPrefix("evaluating") else { return nil }
        let isScoring = summary.progress.contains { scored in
            guard scored.group.kind == .score else { return false }
            return scored.done < progress(scored.group.iteration, scored.group.split, .sample)?.done ?? 0
        }
        return isMissing(.sampler) ? "\(Role.sampler)" : isScoring && isMissing(.scorer) ? "\(Role.scorer)" : nil
    }

    /// How long the coordinator has not written, where it should have.
    private var silence: Double? {
        guard summary.bestPolicy == nil, summary.halted == nil, let age = summary.age, age > 5 else { return nil }
        return age
    }

    private var heading: String {
        let state = summary.bestPolicy != nil ? "finished" : summary.phase ?? "starting"
        // Bit-exact is the rule, and said nowhere; what is not, is.
        let determinism = summary.determinism == "bit-exact" ? "" : "  \(summary.determinism)"
        return
            "\(summary.name)  \(summary.mode), reward \(summary.reward), \(summary.iterations.counted("iteration"))  "
            + "\(state)  \(elapsed)\(determinism)"
    }

    /// The time in which a run stood still counts: it is said where there may have been any.
    private var elapsed: String {
        Format.duration(.seconds(summary.elapsed)) + (summary.term > 1 ? " since it began" : "")
    }

    // MARK: - Steps

    /// Stage 0, where models write the reasoning paths.
    private var rationales: [String] {
        guard let progress = progress(0, .train, .rationale), let counts = summary.rationales else { return [] }
        var parts = ["\(counts.written) written"]
        for (count, name) in [
            (counts.profile, "from the profile instead"), (counts.none, "without"), (counts.failed, "failed"),
            (counts.leaks, "copies of the reference rejected"), (counts.unusable, "unusable rejected"),
        ] where count > 0 { parts.append("\(count) \(name)") }
        let isDone = progress.done == progress.total
        let written = parts.joined(separator: ", ")
        if isDone { return ["✓ \(Self.padded("rationales"))\(written)"] }
        return [
            bar(
                "rationales", Double(progress.done) / Double(max(1, progress.total)),
                ["\(progress.done)/\(progress.total) tasks", rate(progress), left(progress), written],
                expendable: rate(progress))
        ]
    }

    private func steps(_ iteration: UInt32) -> [String] {
        var lines: [String] = []
        let names: [(Split, String)] = [
            (.train, "E-step \(iteration)"), (.validation, "validate \(iteration)"), (.test, "test \(iteration)"),
        ]
        for (split, name) in names {
            let sampled = progress(iteration, split, .sample)
            guard let sampled, sampled.done > 0 || sampled.leased > 0 else { continue }
            lines.append(step(name, sampled, scored: progress(iteration, split, .score)))
        }
        // The M-step of an iteration follows its E-step; policy 0 has none before it.
        if let trained = summary.policies.first(where: { $0.version == iteration }), let steps = trained.steps {
            let loss = [trained.firstLoss, trained.lastLoss].compactMap { $0 }.map { Format.number($0, digits: 3) }
            let line =
                "✓ \(Self.padded(iteration == 0 ? "fine-tune" : "M-step \(iteration)"))\(steps.counted("step")) on "
                + "\((trained.examples ?? 0).counted("example")), loss \(loss.joined(separator: " → ")), delta "
                + Format.bytes(Int(trained.deltaBytes))
                + (trained.density.map { ", \(Format.number(100 * $0)) % of the weights changed" } ?? "")
            lines.insert(line, at: iteration == 0 ? 0 : min(1, lines.count))
        }
        return lines
    }

    private func progress(_ iteration: UInt32, _ split: Split, _ kind: TaskKind) -> RunSummary.Progress? {
        summary.progress.first {
            $0.group == TaskGroup(iteration: iteration, split: split, kind: kind)
        }
    }

    private func step(_ name: String, _ sampled: RunSummary.Progress, scored: RunSummary.Progress?) -> String {
        let total = sampled.total + (scored?.total ?? 0)
        let done = sampled.done + (scored?.done ?? 0)
        let rewards = summary.rewards.first {
            $0.iteration == sampled.group.iteration && $0.split == sampled.group.split
        }
        let reward = "reward \(Format.reward(rewards?.mean))"
        guard done < total else {
            return "✓ \(Self.padded(name))\(reward)\(kept(sampled.group))\(malformed(rewards))"
        }
        // What is sampled only waits for its scores.
        let slower = sampled.done < sampled.total ? sampled : scored ?? sampled
        return bar(
            name, Double(done) / Double(max(1, total)),
            [
                "\(sampled.done)/\(sampled.total) sampled", "\(scored?.done ?? 0)/\(scored?.total ?? 0) scored",
                rate(slower), left(slower), reward,
            ], expendable: rate(slower))
    }

    private func rate(_ progress: RunSummary.Progress) -> String { "\(Format.number(progress.rate)) tasks/s" }

    private func left(_ progress: RunSummary.Progress) -> String {
        guard progress.rate > 0 else { return "" }
        return Format.duration(.seconds(Double(progress.total - progress.done) / progress.rate)) + " left"
    }

    /// A line of something that goes on: its bar, and what is known of it. Where there is little room the bar is shorter, then
    /// gone, and then what is `expendable` is.
    private func bar(_ name: String, _ share: Double, _ parts: [String], expendable: String) -> String {
        let head = "▶ " + Self.padded(name)
        let kept = parts.filter { !$0.isEmpty }
        let whole = kept.joined(separator: "  ")
        let room = width == .max ? 24 : width - head.count - whole.count - 2
        if room >= 6 { return head + Format.bar(share, width: min(24, room)) + "  " + whole }
        if head.count + whole.count <= width { return head + whole }
        return head + kept.filter { $0 != expendable }.joined(separator: "  ")
    }

    /// Parts in as many lines as they need.
    private func wrapped(_ head: String, _ parts: [String]) -> [String] {
        var lines: [String] = []
        for part in parts {
            if let last = lines.last, last.count + 2 + part.count <= width {
                lines[lines.count - 1] += "  " + part
            } else {
                lines.append((lines.isEmpty ? head : String(repeating: " ", count: head.count)) + part)
            }
        }
        return lines
    }

    private func kept(_ group: TaskGroup) -> String {
        guard group.split == .train, let sealed = summary.sealed.first(where: { $0.iteration == group.iteration })
        else {
            return ""
        }
        let counts = sealed.counts
        return "  \(counts.kept) kept" + (counts.duplicate > 0 ? "  \(counts.duplicate) duplicates" : "")
    }

    private func malformed(_ rewards: RunSummary.Rewards?) -> String {
        guard let rewards, rewards.malformed > 0 else { return "" }
        return "  \(rewards.malformed) of \(rewards.trajectories) malformed"
    }

    private func training(_ training: RunSummary.Training) -> String {
        let name = training.iteration == 0 ? "fine-tune" : "M-step \(training.iteration)"
        let share = Double(training.step) / Double(max(1, training.steps))
        let speed = "\(Int(training.tokensPerSecond)) tokens/s"
        return bar(
            name, share,
            [
                "step \(training.step)/\(training.steps)", "loss \(Format.number(training.loss, digits: 3))", speed,
                trainingTimeLeft.map { "\(Format.duration($0)) left" } ?? "",
            ], expendable: speed)
    }

    // MARK: - Cluster

    private var nodes: [String] {
        summary.nodes.map { node in
            let speed = node.tokensPerSecond.map { " \(Int($0)) tokens/s" } ?? ""
            let silence = node.silence > 3 ? " silent \(Int(node.silence)) s" : ""
            return "\(node.name) (\(node.held) held\(speed)\(silence))"
        }
    }

    private var faults: [String] {
        // Malformed outputs are no fault, and each step shows its own.
        let shown = summary.counters.filter { counter in
            counter.value > 0 && counter.name != "data.malformed"
                && (counter.name.hasPrefix("infrastructure.") || counter.name.hasPrefix("data.")
                    || counter.name.hasPrefix("refused.")
                    || counter.name == "duplicates" || counter.name == "acceptedLate")
        }
        return shown.map { "\($0.name.split(separator: ".").last ?? "") \($0.value)" }
    }

    private static func padded(_ name: String) -> String {
        name + String(repeating: " ", count: max(1, 11 - name.count))
    }
}
