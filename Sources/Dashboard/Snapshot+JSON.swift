import Evaluation
import JSONLines
import RolloutCore
import RunStore

extension Snapshot {
    /// The run as `/api/run` gives it. Times are seconds, `at` seconds since 1970, sizes bytes, densities and shares between
    /// 0 and 1; what is not known is null.
    ///
    ///     name mode reward determinism iterations phase term age halted draining elapsed bestPolicy
    ///     progress   [{iteration split kind done total null leased rate seconds pending quarantined}]
    ///     nodes      [{name role slots held silence tasksDone tokensPerSecond}]
    ///     leases     [{iteration split kind task attempt node age}]
    ///     training   {iteration step steps loss tokensPerSecond}
    ///     rewards    [{iteration split trajectories judged mean malformed}]
    ///     histograms [{iteration lower upper counts}]
    ///     sealed     [{iteration sampled kept belowThreshold overCap duplicate malformed unscored starvedPrompts}]
    ///     policies   [{version weights deltaBytes fullBytes density steps examples firstLoss lastLoss seconds}]
    ///     counters   {name: count}
    ///     attempts   [{kind ending count}]
    ///     work       [{node kind tasks seconds tokens}]
    ///     events     [{id at event node iteration split kind task attempt detail}]
    var json: JSON {
        var object = summary.object
        object["progress"] = .array(progress)
        object["leases"] = .array(live.leases.map(\.json))
        object["histograms"] = .array(summary.rewards.filter { $0.split == .train }.compactMap(histogram))
        object["attempts"] = .array(
            counts.endings.map {
                ["kind": .string("\($0.kind)"), "ending": .string($0.ending), "count": .integer(Int64($0.count))]
            })
        object["work"] = .array(
            counts.work.map {
                [
                    "node": .string($0.node), "kind": .string("\($0.kind)"), "tasks": .integer(Int64($0.tasks)),
                    "seconds": .number($0.seconds), "tokens": .integer(Int64($0.tokens)),
                ]
            })
        object["events"] = .array(live.events.map(\.json))
        return .object(object)
    }

    private var progress: [JSON] {
        let tallies = Dictionary(live.tallies.map { ($0.group, $0) }, uniquingKeysWith: { first, _ in first })
        return summary.progress.map { one in
            let tally = tallies[one.group]
            return [
                "iteration": .integer(Int64(one.group.iteration)), "split": .string("\(one.group.split)"),
                "kind": .string("\(one.group.kind)"), "done": .integer(Int64(one.done)),
                "total": .integer(Int64(one.total)), "null": .integer(Int64(one.null)),
                "leased": .integer(Int64(one.leased)), "rate": .number(one.rate), "seconds": .number(one.seconds),
                "pending": .count(tally?.pending), "quarantined": .count(tally?.quarantined),
            ]
        }
    }

    private func histogram(_ rewards: RunSummary.Rewards) -> JSON? {
        histogram(of: rewards.iteration).map { histogram in
            [
                "iteration": .integer(Int64(rewards.iteration)), "lower": .number(histogram.lower),
                "upper": .number(histogram.upper),
                "counts": .array(histogram.counts.map { .integer(Int64($0)) }),
            ]
        }
    }
}

extension RunSummary {
    fileprivate var object: JSONObject {
        var object: JSONObject = [
            "name": .string(name), "mode": .string(mode), "reward": .string(reward),
            "determinism": .string(determinism), "iterations": .integer(Int64(iterations)), "phase": .text(phase),
            "term": .integer(Int64(clamping: term)), "age": .real(age), "halted": .text(halted),
            "draining": .bool(isDraining), "elapsed": .number(elapsed),
            "bestPolicy": .count(bestPolicy.map { Int($0) }),
        ]
        object["nodes"] = .array(nodes.map(\.json))
        object["training"] = training?.json ?? .null
        object["rewards"] = .array(rewards.map(\.json))
        object["sealed"] = .array(sealed.map(\.json))
        object["policies"] = .array(policies.map(\.json))
        var counted = JSONObject()
        for counter in counters { counted[counter.name] = .integer(counter.value) }
        object["counters"] = .object(counted)
        return object
    }
}

extension RunSummary.Node {
    fileprivate var json: JSON {
        [
            "name": .string(name), "role": .string(role), "slots": .count(slots), "held": .count(held),
            "silence": .number(silence), "tasksDone": .count(tasksDone), "tokensPerSecond": .real(tokensPerSecond),
        ]
    }
}

extension RunSummary.Training {
    fileprivate var json: JSON {
        [
            "iteration": .count(Int(iteration)), "step": .count(Int(step)), "steps": .count(Int(steps)),
            "loss": .number(loss), "tokensPerSecond": .number(tokensPerSecond),
        ]
    }
}

extension RunSummary.Rewards {
    fileprivate var json: JSON {
        [
            "iteration": .count(Int(iteration)), "split": .string("\(split)"), "trajectories": .count(trajectories),
            "judged": .count(judged), "mean": .real(mean), "malformed": .count(malformed),
        ]
    }
}

extension SealedIteration {
    fileprivate var json: JSON {
        [
            "iteration": .count(Int(iteration)), "sampled": .count(Int(counts.sampled)),
            "kept": .count(Int(counts.kept)), "belowThreshold": .count(Int(counts.belowThreshold)),
            "overCap": .count(Int(counts.overCap)), "duplicate": .count(Int(counts.duplicate)),
            "malformed": .count(Int(counts.malformed)), "unscored": .count(Int(counts.unscored)),
            "starvedPrompts": .count(Int(counts.starvedPrompts)),
        ]
    }
}

extension RunSummary.Policy {
    fileprivate var json: JSON {
        [
            "version": .count(Int(version)), "weights": .string(weights),
            "deltaBytes": .integer(Int64(clamping: deltaBytes)),
            "fullBytes": fullBytes.map { .integer(Int64(clamping: $0)) } ?? .null, "density": .real(density),
            "steps": .count(steps.map { Int($0) }), "examples": .count(examples.map { Int($0) }),
            "firstLoss": .real(firstLoss), "lastLoss": .real(lastLoss), "seconds": .real(seconds),
        ]
    }
}
