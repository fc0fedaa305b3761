import ArgumentParser
import Transport

// Keys are named by their files: a key itself never stands in a command line, the environment or a log.

/// How a coordinator protects its endpoint.
struct CoordinatorKeys: ParsableArguments {
    @Option(help: ArgumentHelp("Keys made by reprise keys: encrypt, and admit listed nodes.", valueName: "directory"))
    var keys: String?
    @Option(help: ArgumentHelp("The coordinator's secret key, where it lies apart from the list.", valueName: "file"))
    var key: String?
    @Option(help: ArgumentHelp("The list of nodes that may join.", valueName: "file")) var allowed: String?
    @Flag(help: "Listen where other machines can reach it, unencrypted: for networks you trust entirely.")
    var insecure = false

    func check() throws {
        if (key == nil) != (allowed == nil) { throw ValidationError("--key and --allowed go together.") }
        if [keys != nil, key != nil, insecure].count(where: { $0 }) > 1 {
            throw ValidationError("Give --keys, or --key and --allowed, or --insecure.")
        }
    }

    var security: RouterSecurity {
        get throws {
            if insecure { return .plainInsecure }
            let directory = keys.map { KeyDirectory($0) }
            guard let key = key ?? directory?.serverKey, let allowed = allowed ?? directory?.allowed else {
                return .plainLoopback
            }
            return try RouterSecurity(keyFile: key, allowedFile: allowed)
        }
    }
}

/// How a node protects its connection.
struct NodeKeys: ParsableArguments {
    @Option(help: ArgumentHelp("This node's secret key, as reprise keys add made it.", valueName: "file"))
    var key: String?
    @Option(help: ArgumentHelp("The coordinator's public key: server.pub.", valueName: "file")) var serverKey: String?
    @Option(help: ArgumentHelp("Both in one directory; the key is the one of --name.", valueName: "directory"))
    var keys: String?
    @Flag(help: "Connect to another machine unencrypted: for networks you trust entirely.") var insecure = false

    /// Whether anything is said about them.
    var areGiven: Bool { key != nil || serverKey != nil || keys != nil || insecure }

    func check(name: String?) throws {
        if (key == nil) != (serverKey == nil) { throw ValidationError("--key and --server-key go together.") }
        if [keys != nil, key != nil, insecure].count(where: { $0 }) > 1 {
            throw ValidationError("Give --key and --server-key, or --keys, or --insecure.")
        }
        if keys != nil, name == nil { throw ValidationError("--keys takes the key of --name: give the node a name.") }
    }

    func security(name: String) throws -> DealerSecurity {
        if insecure { return .plainInsecure }
        let directory = keys.map { KeyDirectory($0) }
        guard let key = key ?? directory?.key(of: name), let serverKey = serverKey ?? directory?.serverPublicKey else {
            return .plainLoopback
        }
        return try DealerSecurity(keyFile: key, serverKeyFile: serverKey)
    }
}

/// What health checks look at.
struct HealthOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A file whose time is renewed every second, by a node while it is a member: for health checks.",
            valueName: "file"))
    var pulse: String?
}
