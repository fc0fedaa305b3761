import Checkpoints
import Configuration
import Endpoints
import Files
import Foundation
import JSONLines
import RolloutCore

/// A completion server and the policy it holds.
///
/// Nothing is drawn from a server before it has shown that it holds the task's policy, and nothing it drew is used unless it
/// shows the same afterwards. One that holds another is given the right one first: it is written, and the server's route or the
/// configured program makes it load.
final class PolicyServer: Sendable {
    private let engine: RunConfiguration.SamplerEngine
    private let client: EndpointClient
    private let shelf: PolicyShelf
    /// Times a server may have been given another policy by others before a task is given up.
    private static let rounds = 8
    private static let pollInterval = 0.25
    private static let checkTimeout = Duration.seconds(10)

    init(_ engine: RunConfiguration.SamplerEngine, client: EndpointClient) {
        self.engine = engine
        self.client = client
        shelf = PolicyShelf(directory: engine.directory, keep: engine.keep)
    }

    private var place: String { "the server at \(client.endpoint.url)" }

    /// Runs `body` while the server holds the policy.
    ///
    /// - Parameter form: what the server is given of the policy, asked for where it has to load it.
    func whileHolding<Output>(
        _ policy: PolicyManifest, in context: TaskContext, form: () throws(TaskError) -> ServedPolicy,
        _ body: (PolicyName) throws(TaskError) -> Output
    ) throws(TaskError) -> Output {
        let name = shelf.name(of: policy)
        for _ in 0..<Self.rounds {
            if let output = try ifHolding(name, context, body) { return output }
            try load(name, context, form)
        }
        throw .system("\(place) was given other policies than \(name.text) all the time: who else has it load some?")
    }

    private func ifHolding<Output>(
        _ name: PolicyName, _ context: TaskContext, _ body: (PolicyName) throws(TaskError) -> Output
    ) throws(TaskError) -> Output? {
        let lock = try shelf.lock(isShared: true, in: context)
        defer { withExtendedLifetime(lock) {} }
        guard try held(name, context).isWanted else { return nil }
        let output = try body(name)
        let after = try held(name, context)
        guard after.isWanted else {
            throw .system(
                "\(place) holds \(after.words) and not \(name.text) any more: what it drew meanwhile is not used")
        }
        return output
    }

    // MARK: - What it holds

    /// What the server shows.
    private enum Holding {
        case wanted
        case other(String)
        /// It does not answer; the program that loads policies may have to start it.
        case absent(String)

        var isWanted: Bool { if case .wanted = self { true } else { false } }

        var words: String {
            switch self {
            case .wanted: "it"
            case .other(let text): "'\(text)'"
            case .absent(let reason): "nothing (\(reason))"
            }
        }
    }

    private func held(_ name: PolicyName, _ context: TaskContext) throws(TaskError) -> Holding {
        var failures = 0
        while true {
            let holding = try look(name, context)
            guard case .absent(let reason) = holding, engine.reloadRoute != nil else { return holding }
            failures += 1
            let wait = client.endpoint.retries.wait(
                afterFailure: failures, asked: nil, jitter: Double.random(in: 0...1))
            guard let wait else { throw .system(reason + (failures == 1 ? "" : " (\(failures) attempts)")) }
            try pause(wait / .seconds(1), context)
        }
    }

    private func look(_ name: PolicyName, _ context: TaskContext) throws(TaskError) -> Holding {
        guard let check = engine.checkRoute else { throw .system("\(place) has no route that shows its policy") }
        let call = ServerCall(path: check.path, timeout: min(client.endpoint.timeout, Self.checkTimeout))
        let body: [UInt8]
        do throws(EndpointError) {
            body = try client.waitForResponse(to: call, isCancelled: context.isCancelled)
        } catch {
            if context.isCancelled() { throw .system("the task was stopped") }
            if error.kind == .refused { throw .system("\(error); check engines.sampler.check.path") }
            return .absent("\(error)")
        }
        let shown = Self.shown(body, member: check.member)
        let wanted = name.fill(check.value)
        let isHeld = check.member.isEmpty ? shown.contains(wanted) : shown == wanted
        return isHeld ? .wanted : .other(String(shown.prefix(160)))
    }

    /// The text at a dotted path of a JSON body, or the whole body; empty when there is nothing there.
    static func shown(_ body: [UInt8], member: String) -> String {
        guard !member.isEmpty else { return String(decoding: body, as: UTF8.self) }
        guard var value = try? JSON.parse(body) else { return "" }
        for part in member.split(separator: ".") {
            guard let inner = value[String(part)] ?? Int(part).flatMap({ value[$0] }) else { return "" }
            value = inner
        }
        return value.string ?? value.serialized()
    }

    private func pause(_ seconds: Double, _ context: TaskContext) throws(TaskError) {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            if context.isCancelled() { throw .system("the task was stopped") }
            Thread.sleep(forTimeInterval: min(0.1, seconds))
        }
    }

    // MARK: - Loading

    private func load(
        _ name: PolicyName, _ context: TaskContext, _ form: () throws(TaskError) -> ServedPolicy
    ) throws(TaskError) {
        let lock = try shelf.lock(isShared: false, in: context)
        defer { withExtendedLifetime(lock) {} }
        // Another may have had the same done while this one waited.
        let before = try held(name, context)
        if before.isWanted { return }
        context.say("\(place) holds \(before.words): it is given \(name.text)")
        let policy = try form()
        do {
            try shelf.write(policy, as: name)
        } catch {
            throw .system("\(name.text) cannot be written for \(place): \(error)")
        }
        let deadline = ContinuousClock.now + .seconds(engine.reloadSeconds)
        if let route = engine.reloadRoute {
            try call(route, name, context)
        } else {
            try run(name, context)
        }
        try waitUntilHeld(name, until: deadline, context)
        shelf.prune(keeping: name)
    }

    private func call(
        _ route: RunConfiguration.SamplerEngine.Reload, _ name: PolicyName, _ context: TaskContext
    ) throws(TaskError) {
        let body = route.body.isEmpty ? nil : (try? JSON.parse(route.body)).map { name.fill($0) }
        let call = ServerCall(
            method: route.method.rawValue, path: name.fill(route.path), body: body,
            timeout: .seconds(engine.reloadSeconds))
        do throws(EndpointError) {
            _ = try client.waitForResponse(to: call, isCancelled: context.isCancelled)
        } catch {
            throw .system("\(place) could not be given \(name.text): \(error)")
        }
    }

    private func run(_ name: PolicyName, _ context: TaskContext) throws(TaskError) {
        let words = name.fill(command: engine.reloadCommand)
        let program = "the reload command \(words.first ?? "")"
        let run: (ending: ProgramRun.Ending, lastWords: String)
        do throws(FileError) {
            run = try ProgramRun.run(
                words, limit: .seconds(engine.reloadSeconds), isCancelled: context.isCancelled)
        } catch {
            throw .system("\(program) cannot be started: \(error)")
        }
        switch run.ending {
        case .finished: return
        case .cancelled: throw .system("the task was stopped")
        case .timedOut: throw .system("\(program) was not done within \(engine.reloadSeconds) s" + run.lastWords)
        case .failed(let how): throw .system("\(program) \(how)" + run.lastWords)
        }
    }

    /// Waits until the server shows the policy.
    private func waitUntilHeld(
        _ name: PolicyName, until deadline: ContinuousClock.Instant, _ context: TaskContext
    ) throws(TaskError) {
        var reminder = Reminder()
        while true {
            let holding = try look(name, context)
            if holding.isWanted { return }
            guard ContinuousClock.now < deadline else {
                throw .system(
                    """
                    \(place) was given \(name.text) and still shows \(holding.words) after \(engine.reloadSeconds) s: \
                    check engines.sampler.reload and engines.sampler.check
                    """)
            }
            reminder.look(context) { "waiting for \(place) to hold \(name.text); it shows \(holding.words)" }
            try pause(Self.pollInterval, context)
        }
    }
}
