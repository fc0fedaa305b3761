import ArgumentParser
import Files
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
              reprise doctor --connect tcp://10.0.0.1:5555 --key sampler-1.key \\
                --server-key server.pub
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
        if let fingerprint, fingerprint.isEmpty || !fingerprint.allSatisfy(\.isHexDigit) {
            throw ValidationError("--fingerprint is a hexadecimal number, as the line 'arithmetic' shows it elsewhere.")
        }
        if keys.key != nil, connect == nil { throw ValidationError("--key is tried with --connect: say where to.") }
    }

    func run() async throws {
        var isBad = false
        // As it is found: a coordinator that does not answer takes a while.
        func tell(_ finding: Finding) throws {
            isBad = isBad || finding.verdict == .bad
            print(finding.line)
            try? StandardOutput.finish()
        }
        for check in [
            MachineChecks.libraries, MachineChecks.core, { MachineChecks.fingerprint(expected: fingerprint) },
            MachineChecks.threads, MachineChecks.memory, MachineChecks.clock, { DiskCheck.look(at: directory) },
        ] { try tell(check()) }
        if let endpoint { try tell(await ClusterChecks.port(endpoint, hasKeys: keys.keys != nil || keys.insecure)) }
        if let keys = keys.keys { try tell(ClusterChecks.keys(KeyDirectory(keys))) }
        if let connect {
            do {
                try tell(await ClusterChecks.coordinator(connect, try keys.security(name: name ?? "")))
            } catch let error as TransportError { try tell(Finding("keys", .bad, "\(error)")) }
        }
        if isBad { throw ExitCode(ExitStatus.unavailable.rawValue) }
    }
}
