import ArgumentParser
import Dashboard
import Files
import Foundation
import Nodes
import RunStore
import Serving

/// `reprise dashboard`: a run in the browser.
struct DashboardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboard", abstract: "Show a run in the browser, while it goes on or afterwards.",
        discussion: """
            Iterations and rewards, tasks and leases, nodes, failures by kind, weight versions, and every trajectory to browse \
            and search. Nothing can be changed there, and nothing is loaded from elsewhere. /api lists what there is as JSON.

            Only this machine can reach it unless --listen says otherwise; there are no passwords, so let others in through \
            something that asks for them, such as ssh -L.

            A run that is kept on another machine is named by its coordinator's address, with a key as a node's; its pages are \
            there as long as the coordinator is.

            Examples:
              reprise dashboard runs/demo
              reprise dashboard tcp://10.0.0.1:5555 --key me.key --server-key server.pub
              reprise dashboard runs/demo --listen 0.0.0.0:8642 \\
                --allow-host cluster.example.org
            """)

    @Argument(help: "The run's directory, or its coordinator's address: tcp://HOST:PORT.") var run: String
    @Option(help: ArgumentHelp("Where to listen; port 0 takes a free one.", valueName: "address:port"))
    var listen = "127.0.0.1:8642"
    @Option(help: ArgumentHelp("A name people reach it by, besides addresses and localhost.", valueName: "name"))
    var allowHost: [String] = []
    @Flag(help: "Wait until there is a run in the directory.") var wait = false
    @OptionGroup var keys: NodeKeys
    @Option(help: "With --keys: whose key.") var name: String?
    @OptionGroup var health: HealthOptions

    private var isAddress: Bool { run.contains("://") }

    func validate() throws {
        try keys.check(name: name)
        if !isAddress, keys.areGiven { throw ValidationError("Keys are for a coordinator's address, not a directory.") }
        if WebAddress(listen) == nil {
            throw ValidationError("--listen is an IP address and a port, such as 127.0.0.1:8642, not \(listen).")
        }
    }

    func run() async throws {
        guard let address = WebAddress(listen) else { return }
        let interrupts = Interrupts()
        let pulse = try health.pulse.map { try Pulse(path: $0) }
        guard let dashboard = try await dashboard(at: address, interrupts, pulse) else { return }
        // At once, also into a pipe or a file.
        try? FileHandle.standardOutput.write(contentsOf: Data("http://\(dashboard.address)\n".utf8))
        if !dashboard.address.isLoopback {
            try? FileHandle.standardError.write(
                contentsOf:
                    Data("whoever reaches this address can read the run: there are no passwords\n".utf8))
        }
        let serving = Task { try await dashboard.run() }
        let count = interrupts.counter
        let stopping = Task {
            while count() == 0 { try await Task.sleep(for: .milliseconds(100)) }
            serving.cancel()
        }
        defer { stopping.cancel() }
        do {
            try await serving.value
        } catch {
            guard interrupts.count > 0 else { throw error }
        }
    }

    /// Nil when it was stopped while it waited.
    private func dashboard(at address: WebAddress, _ interrupts: Interrupts, _ pulse: Pulse?) async throws -> Dashboard?
    {
        let hosts = HostRule(names: allowHost)
        if isAddress {
            let pages = try RemotePages(endpoint: run, security: try keys.security(name: name ?? ""))
            return try await Dashboard(asking: { try await pages.reply(to: $0) }, at: address, hosts: hosts) {
                pulse?.beat()
            }
        }
        guard let directory = try await directory(interrupts, pulse) else { return nil }
        return try await Dashboard(of: directory, at: address, hosts: hosts) { pulse?.beat() }
    }

    /// Nil when it was stopped while it waited.
    private func directory(_ interrupts: Interrupts, _ pulse: Pulse?) async throws -> RunDirectory? {
        var said = ContinuousClock.now
        while wait, !RunDirectory.isRun(run) {
            if interrupts.count > 0 { return nil }
            pulse?.beat()
            if said.duration(to: .now) >= .seconds(10) {
                said = .now
                try? FileHandle.standardError.write(contentsOf: Data("waiting for a run in \(run)\n".utf8))
            }
            try await Task.sleep(for: .milliseconds(200))
        }
        return try RunDirectory.open(run)
    }
}
