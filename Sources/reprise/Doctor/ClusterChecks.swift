import Files
import Nodes
import Transport

/// What ties a machine to a cluster: a port to listen on, a coordinator to reach, keys.
enum ClusterChecks {
    /// Whether a coordinator could listen there.
    ///
    /// - Parameter hasKeys: whether it would encrypt, or was told not to.
    static func port(_ endpoint: String, hasKeys: Bool) async -> Finding {
        do {
            try await CoordinatorProcess.check(endpoint: endpoint, security: .plainInsecure)
            guard try hasKeys || !EndpointText.isOpen(endpoint) else {
                return Finding(
                    "port", .note,
                    "\(endpoint) is free, but other machines can reach it: a coordinator there wants --keys, or --insecure"
                )
            }
            return Finding("port", .fine, "\(endpoint) is free")
        } catch { return Finding("port", .bad, "\(error)") }
    }

    /// Whether the coordinator there lets this node connect.
    static func coordinator(_ endpoint: String, _ security: DealerSecurity) async -> Finding {
        do {
            switch try await Handshake.attempt(endpoint: endpoint, security: security, within: .seconds(5)) {
            case .done(let time):
                let milliseconds = Format.number(time / .milliseconds(1))
                return Finding("coordinator", .fine, "\(endpoint) lets this node connect, within \(milliseconds) ms")
            case .refused(let reason): return Finding("coordinator", .bad, "\(endpoint): \(reason.atNode.explanation)")
            case .unanswered:
                return Finding(
                    "coordinator", .bad, "\(endpoint) does not answer: check address, firewall, and whether it runs")
            }
        } catch { return Finding("coordinator", .bad, "\(error)") }
    }

    /// Whether a directory of keys is whole, and readable by nobody else.
    static func keys(_ directory: KeyDirectory) -> Finding {
        do {
            let list = try directory.list
            _ = try RouterSecurity(keyFile: directory.serverKey, allowedFile: directory.allowed)
            var away = 0
            for entry in list.entries where !entry.isRevoked {
                let file = directory.key(of: entry.name)
                guard (try? FileStatus(of: file)) != nil else {
                    away += 1
                    continue
                }
                _ = try DealerSecurity(keyFile: file, serverKeyFile: directory.serverPublicKey)
            }
            let revoked = list.entries.count(where: \.isRevoked)
            let admitted = list.entries.count - revoked
            return Finding(
                "keys", .fine,
                "\(directory.path): \(admitted) admitted (\(away) of their secrets elsewhere), \(revoked) revoked; secrets are private"
            )
        } catch { return Finding("keys", .bad, "\(error)") }
    }
}
