import ArgumentParser
import Chaos
import Configuration
import Foundation
import RolloutCore
import RunStore
import Transport

/// `reprise chaos`: faults for a cluster that somebody else started.
struct ChaosCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chaos", abstract: "Stand between nodes and their coordinator, and do to them what a plan says.",
        discussion: """
            Nodes connect to this proxy instead of the coordinator. Faults of processes strike those named by --pid; whatever \
            started these has to start them again. With --run it ends with the run, and with a verdict; otherwise with Ctrl-C. \
            A cluster on this machine needs none of this: reprise run CONFIG --chaos PLAN.

            Examples:
              reprise chaos cluster/chaos/storm.yaml --dry-run
              reprise chaos cluster/chaos/flaky-network.yaml \\
                --connect tcp://127.0.0.1:5555 --endpoint tcp://127.0.0.1:5556
              reprise sampler --connect tcp://127.0.0.1:5556
            """)

    @Argument(help: "A plan, such as cluster/chaos/storm.yaml.") var plan: String
    @Option(help: "The coordinator's endpoint.") var connect: String?
    @Option(help: "Where nodes connect.") var endpoint = "tcp://127.0.0.1:*"
    @Option(help: ArgumentHelp("A process that faults may strike.", valueName: "role=number")) var pid: [String] = []
    @Option(help: "Draw other times and messages than the plan's own seed does.") var seed: UInt64?
    @Option(
        name: .customLong("run"),
        help: ArgumentHelp(
            "The cluster's run, if it is kept on this machine: ends with it and gives a verdict.",
            valueName: "directory"))
    var directory: String?
    @Option(help: ArgumentHelp("The same run without faults.", valueName: "run")) var baseline: String?
    @Flag(help: "Listen where other machines can reach it: for networks you trust entirely.") var insecure = false
    @Flag(help: "List what the plan does, and do nothing.") var dryRun = false

    func validate() throws {
        if !dryRun, connect == nil {
            throw ValidationError("Give --connect, the coordinator's endpoint, or --dry-run.")
        }
        if baseline != nil, directory == nil { throw ValidationError("--baseline is for the verdict on a --run.") }
    }

    func run() async throws {
        let plan = try FaultPlan(file: plan, seed: seed)
        if dryRun {
            for line in PlanListing(plan).lines { print(line) }
            return
        }
        guard let connect else { return }
        try EndpointText.check(connect, isPeer: true)
        if connect == endpoint {
            throw Failure(.usage, "--connect and --endpoint are both \(connect): the proxy needs a place of its own")
        }
        if try EndpointText.isOpen(endpoint), !insecure {
            throw Failure(
                .usage, "\(endpoint) can be reached from other machines: say --insecure on a network you trust entirely"
            )
        }
        let victims = try self.pid.map(Self.victim)
        if let baseline, let directory {
            try Baseline(directory: baseline).refuseItself(directory)
            _ = try RunDirectory.open(baseline)
        }
        let session = ChaosSession(plan)
        let address = try session.begin(upstream: connect, endpoint: endpoint)
        defer { session.end() }
        let proxy = "nodes connect to \(address); faults strike for \(Format.duration(session.schedule.end))\n"
        try? FileHandle.standardError.write(contentsOf: Data(proxy.utf8))
        let ending = try await strike(session, victims)
        if let ending, let directory {
            let reader = try RunReader(RunDirectory.open(directory))
            let calm = try baseline.map { try Baseline(directory: $0).result(for: reader.stated()) }
            try reader.verdict(plan, session.ledger.tally, ended: ending, baseline: calm).conclude()
        } else {
            print("chaos: \(plan.name)  \(ChaosRun.counts(session.ledger.tally))")
        }
    }

    /// Goes on until the run is finished, and says when that was, or until Ctrl-C.
    private func strike(_ session: ChaosSession, _ victims: [Victim]) async throws -> Duration? {
        let interrupts = Interrupts()
        var screen = LiveScreen()
        var shown = Duration.seconds(-1)
        var reader: RunReader?
        while interrupts.count == 0 {
            session.tick(victims.filter { kill($0.process, 0) == 0 }) { action in
                if case .began(let kind, let victim) = action { screen.note("\(kind.rawValue) \(victim.name)") }
            }
            if session.elapsed - shown > .milliseconds(500) {
                shown = session.elapsed
                let time = session.isStorming ? Format.duration(session.elapsed) : "quiet"
                let line = "\(session.plan.name)  \(time)  \(ChaosRun.counts(session.ledger.tally))"
                screen.show([line], plain: line)
                if let directory, reader == nil {
                    reader = (try? RunDirectory.open(directory)).flatMap { try? RunReader($0) }
                }
                if try reader?.isFinished() == true {
                    screen.clear()
                    let ending = session.elapsed
                    try await seeOff(session)
                    return ending
                }
                if let summary = try? reader?.summary(), summary.hasLastPolicy { session.heal() }
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        screen.clear()
        return nil
    }

    /// Passes on what a coordinator that is done still has to say to its nodes, until nobody says anything any more.
    private func seeOff(_ session: ChaosSession) async throws {
        session.heal()
        let deadline = session.elapsed + .seconds(20)
        var passed = -1
        while session.elapsed < deadline, session.ledger.tally.messages != passed {
            passed = session.ledger.tally.messages
            try await Task.sleep(for: .seconds(2))
        }
    }

    private static func victim(_ text: String) throws -> Victim {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, let target = FaultTarget(rawValue: String(parts[0])), let number = Int32(parts[1]),
            number > 1
        else {
            throw Failure(
                .usage,
                "--pid \(text) is not of the form role=number, such as sampler=4711; roles are "
                    + FaultTarget.allCases.map(\.rawValue).joined(separator: ", "))
        }
        guard kill(number, 0) == 0 else {
            throw Failure(.missing, "--pid \(text): there is no process \(number), or it is somebody else's")
        }
        return Victim(name: text, target: target, process: number)
    }
}

extension FaultPlan {
    /// Reads a plan, and draws from another seed where one is given.
    init(file: String, seed: UInt64?) throws {
        try self.init(file: file)
        if let seed { self.seed = seed }
    }
}

extension Verdict {
    /// Prints it.
    ///
    /// - Throws: `Failure` when something else was learned than without faults.
    func conclude() throws {
        print("\n" + lines.joined(separator: "\n"))
        guard isSame == false else { return }
        throw Failure(.broken, "faults changed what was learned: keep both run directories, this is a defect")
    }
}

/// A plan in words: every injection, and for each message fault which messages it strikes first.
struct PlanListing {
    private let plan: FaultPlan
    private let schedule: FaultSchedule

    init(_ plan: FaultPlan) {
        self.plan = plan
        schedule = FaultSchedule(plan)
    }

    var lines: [String] {
        let timed = schedule.injections.map(\.line)
        return [
            "\(plan.name), seed \(plan.seed): faults for \(Bounds.seconds(plan.storms)), then quiet for "
                + Bounds.seconds(plan.quiet),
            "\(timed.count.counted("fault")) at times of their own",
        ] + timed + messages
    }

    private var messages: [String] {
        plan.faults.filter { $0.kind.object == .message && $0.times == .always }.map { fault in
            let roles = fault.targets.map(\.rawValue).joined(separator: ", ")
            let way = fault.direction == .both ? "" : " \(fault.direction.rawValue)"
            return
                "throughout  \(fault.kind.rawValue) of \(Format.number(fault.probability * 100)) % of messages, \(roles)\(way)"
        }
    }

    private enum Bounds {
        static func seconds(_ value: Double) -> String { Format.duration(.seconds(value)) }
    }
}
