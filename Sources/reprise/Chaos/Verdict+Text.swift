import Chaos
import Configuration
import JSONLines
import RolloutCore

extension Verdict {
    /// For people: faults by kind and target, then what came of them.
    var lines: [String] {
        var table = Table(["fault"] + FaultTarget.allCases.map(\.rawValue) + ["all"])
        for kind in faults.kinds {
            let counts = FaultTarget.allCases.map { faults.counts[kind]?[$0] ?? 0 }
            table.add([kind.rawValue] + counts.map { $0 > 0 ? "\($0)" : "–" } + ["\(faults.count(kind))"])
        }
        let sums = FaultTarget.allCases.map { target in
            FaultKind.allCases.reduce(0) { $0 + (faults.counts[$1]?[target] ?? 0) }
        }
        table.add(["all"] + sums.map { "\($0)" } + ["\(faults.total)"])
        return ["chaos: \(plan), seed \(seed)", ""] + table.lines + [""] + findings
    }

    private var findings: [String] {
        var lines = [
            "time      \(Self.span(run.seconds))" + (lost.map(time) ?? ""),
            "tasks     \(tasks), of which \(repeated) were begun more than once: \(leases - tasks) attempts more",
            "messages  \(faults.messages), and \(faults.cutMessages) lost in connections that were cut",
            "quiet     \(Self.span(quiet)) from the last fault to the end",
        ]
        let missed = faults.missed.values.reduce(0, +)
        if missed > 0 { lines.append("missed    \(missed.counted("fault")) found nobody to strike") }
        switch isSame {
        case true?: lines.append("digest    \(run.digest.prefix(12)), equal: what was learned is the same")
        case false?:
            lines.append(
                "digest    \(run.digest.prefix(12)), NOT EQUAL to \(baseline?.digest.prefix(12) ?? ""): a defect")
        case nil: lines.append("digest    \(run.digest.prefix(12)), compared with nothing: give --baseline RUN")
        }
        return lines
    }

    private func time(_ lost: Double) -> String {
        let kept = goodput.map { ", \(Format.number($0 * 100, digits: 0)) % of the fault-free speed" } ?? ""
        let difference = lost < 0 ? "\(Self.span(-lost)) less than" : "\(Self.span(lost)) more than"
        return ", \(difference) without faults\(kept)"
    }

    private static func span(_ seconds: Double) -> String { Format.duration(.seconds(seconds)) }

    /// For programs.
    var json: JSON {
        var object: JSONObject = [
            "plan": .string(plan), "seed": .string("\(seed)"), "faults": .object(counts),
            "total": .integer(Int64(faults.total)), "kinds": .integer(Int64(faults.kinds.count)),
            "missed": .integer(Int64(faults.missed.values.reduce(0, +))),
            "messages": .integer(Int64(faults.messages)), "cutMessages": .integer(Int64(faults.cutMessages)),
            "seconds": .number(run.seconds), "quietSeconds": .number(quiet), "tasks": .integer(Int64(tasks)),
            "attempts": .integer(Int64(leases)), "tasksRepeated": .integer(Int64(repeated)),
            "digest": .string(run.digest),
        ]
        if let baseline, let isSame, let lost, let goodput {
            object["baselineSeconds"] = .number(baseline.seconds)
            object["baselineDigest"] = .string(baseline.digest)
            object["lostSeconds"] = .number(lost)
            object["goodput"] = .number(goodput)
            object["same"] = .bool(isSame)
        }
        return .object(object)
    }

    private var counts: JSONObject {
        var object = JSONObject()
        for kind in faults.kinds {
            var targets = JSONObject()
            for target in FaultTarget.allCases {
                if let count = faults.counts[kind]?[target] { targets[target.rawValue] = .integer(Int64(count)) }
            }
            object[kind.rawValue] = .object(targets)
        }
        return object
    }
}
