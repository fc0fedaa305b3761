import ArgumentParser
import Foundation
import Simulator

/// `reprise simulate`: whole runs of a cluster in which everything goes wrong, and none of it may change what is learned.
struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Simulate clusters in which everything goes wrong, and check that nothing learned changes.",
        discussion: """
            One seed is one whole run: the real coordinator and nodes as values, real frames, and a simulated clock, network, \
            disk and scheduler. Faults strike, then stop; eighteen invariants are checked throughout. A failing seed prints \
            one line and the exit status is not zero.

            Examples:
              reprise simulate --seeds 100000 --jobs 2
              reprise simulate --seed 4711 --trace
              reprise simulate --seed 4711 --shrink
              reprise simulate --list

            With --nodes it answers another question: how long a job would take on a cluster, and what faults would cost.
              reprise simulate --nodes 1000 --mean-time-between-failures 2h \\
                --task-seconds lognormal:40,0.8
            """)

    @Option(help: "How many seeds to run.")
    var seeds: UInt64 = 1000
    @Option(help: "Threads; one unless said, and with --nodes as many as the machine has processors.")
    var jobs: Int?
    @Option(help: "Derives the first seed from a commit's hash, which a failure then names.")
    var commit: String?
    @Option(help: "The first seed, when it is not derived from a commit; 1 unless said.")
    var first: UInt64?
    @Option(help: "Runs this seed alone.")
    var seed: UInt64?
    @Flag(help: "With --seed: prints everything that happens.")
    var trace = false
    @Flag(help: "With --seed: leaves out faults as long as the same invariant breaks.")
    var shrink = false
    @Option(help: "With --seed: the fault classes that may be on, separated by commas.")
    var only: String?
    @Option(help: "With --seed: the positions of the fault events that happen, separated by commas.")
    var events: String?
    @Option(help: "Plants a bug in the code under test; see --list.")
    var mutant: String?
    @Flag(help: "Lists fault classes, invariants and mutants.")
    var list = false
    @OptionGroup(title: "Planning") var planning: PlanningOptions

    func validate() throws {
        if seed == nil, trace || shrink || only != nil || events != nil {
            throw ValidationError("--trace, --shrink, --only and --events need --seed.")
        }
        if planning.nodes != nil, seed != nil || mutant != nil || list {
            throw ValidationError("--nodes plans a cluster; --seed, --mutant and --list belong to tests.")
        }
        if planning.nodes == nil {
            for (given, usual) in zip(planning.settings, try PlanningOptions.parse([]).settings) where given != usual {
                throw ValidationError("--\(given.key) is for a plan: say --nodes as well.")
            }
        }
        if trace, shrink { throw ValidationError("--trace and --shrink exclude each other.") }
        if seeds == 0 { throw ValidationError("--seeds must be at least 1.") }
        try OptionRange.check(OptionRange.threads, ("jobs", jobs))
        if commit != nil, first != nil { throw ValidationError("--commit and --first exclude each other.") }
        if let mutant, Mutant.named(mutant) == nil {
            throw ValidationError("There is no mutant '\(mutant)'; --list shows those there are.")
        }
        _ = try classes()
        _ = try positions()
    }

    func run() async throws {
        if planning.nodes != nil {
            try await PlanningView(
                try planning.plan(), failures: planning.meanTimeBetweenFailures,
                jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount
            ).run()
        } else if list {
            SimulationCatalogue.lines.forEach { print($0) }
        } else if let seed {
            let run = SeedRun(
                seed: seed, classes: try classes(), events: try positions(), mutant: mutant.flatMap(Mutant.named))
            try SeedView(run, commit: commit).show(tracing: trace, shrinking: shrink)
        } else {
            let start = commit.map(SeedRun.first(commit:)) ?? first ?? 1
            let (last, overflow) = start.addingReportingOverflow(seeds - 1)
            if overflow { throw ValidationError("There are not so many seeds after \(start).") }
            let batch = Batch(seeds: start...last, jobs: jobs ?? 1, mutant: mutant.flatMap(Mutant.named))
            try await BatchView(batch, commit: commit).run()
        }
    }

    private func classes() throws -> Set<FaultClass> {
        guard let only else { return Set(FaultClass.allCases) }
        return Set(
            try only.split(separator: ",").map { name in
                guard let faultClass = FaultClass(rawValue: String(name)) else {
                    throw ValidationError("There is no fault class '\(name)'; --list shows those there are.")
                }
                return faultClass
            })
    }

    private func positions() throws -> [Int]? {
        try events.map { list in
            try list.split(separator: ",").map { text in
                guard let position = Int(text), position >= 0 else {
                    throw ValidationError("'\(text)' in --events is not a position.")
                }
                return position
            }
        }
    }
}

/// What a simulation has: the menu of faults, the rules, and the bugs that prove the rules are watched.
enum SimulationCatalogue {
    static var lines: [String] {
        let width = 24
        func line(_ name: String, _ text: String) -> String {
            "  " + name.padding(toLength: max(width, name.count + 1), withPad: " ", startingAt: 0) + text
        }
        return ["Fault classes"] + FaultClass.allCases.map { line($0.rawValue, $0.explanation) } + ["", "Invariants"]
            + Invariant.allCases.map { line("\($0.rawValue) \($0)", $0.rule) } + ["", "Mutants"]
            + Mutant.all.map {
                line($0.name, "\($0.explanation) (\($0.invariants.map { "\($0)" }.joined(separator: " or ")))")
            }
    }
}
