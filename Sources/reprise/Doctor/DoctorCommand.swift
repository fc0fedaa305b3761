import ArgumentParser
import Transport

/// `reprise doctor`: whether a machine can take part.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check whether this machine can take part in a cluster.",
        discussion: """
            One line for each thing: ✓ as it should be, ! worth knowing, ✗ does not work. The exit status is 69 when anything \
            does not work, 0 otherwise. Compare the line "arithmetic" between machines that sample or train one run.

            Examples:
              reprise doctor --directory runs --endpoint tcp://0.0.0.0:5555 --keys keys
              reprise doctor --connect tcp://10.0.0.1:5555 --key sampler-1.key --server-key server.pub
            """)

    @Option(help: "Where runs would be kept.") var directory = "."
    @Option(help: "Where a coordinator would listen.") var endpoint: String?
    @Option(help: "A coordinator to reach.") var connect: String?
    @Option(help: ArgumentHelp("The arithmetic of another machine, or its first digits.", valueName: "hex"))
    var fingerprint: String?
    @Option(help: "The node whose key in --keys is tried with --connect.") var name: String?
    @OptionGroup var keys: NodeKeys

    func validate() throws {
        try keys.check(name: connect == nil ? "" : name)
        if keys.key != nil, connect == nil { throw ValidationError("--key is tried with --connect: say where to.") }
    }

    func run() async throws {
        var findings = [
            MachineChecks.libraries(), MachineChecks.core(), MachineChecks.fingerprint(expected: fingerprint),
            MachineChecks.threads(), MachineChecks.memory(), MachineChecks.clock(), DiskCheck.look(at: directory),
        ]
        if let endpoint { findings.append(await ClusterChecks.port(endpoint)) }
        if let keys = keys.keys { findings.append(ClusterChecks.keys(KeyDirectory(keys))) }
        if let connect {
            do {
                findings.append(await ClusterChecks.coordinator(connect, try keys.security(name: name ?? "")))
            } catch { findings.append(Finding("keys", .bad, "\(error)")) }
        }
        for finding in findings { print(finding.line) }
        if findings.contains(where: { $0.verdict == .bad }) { throw ExitCode(ExitStatus.unavailable.rawValue) }
    }
}
