import Foundation

/// Hosts of their own on this machine: network namespaces on one switch, which is a namespace too. Nothing of theirs is
/// seen outside.
final class Hosts: Sendable {
    private let name: String
    private let count: Int

    struct Refused: Error {}

    init(_ count: Int) throws {
        self.count = count
        name = "rph\(Int.random(in: 1..<100_000))"
        var lines = [
            "ip netns add \(name)", "ip netns exec \(name) ip link add switch type bridge",
            "ip netns exec \(name) ip link set switch up",
        ]
        for host in 0..<count {
            let (own, port) = ("\(name)-\(host)", "port\(host)")
            lines += [
                "ip netns add \(own)",
                "ip -n \(name) link add \(port) type veth peer name eth0 netns \(own)",
                "ip -n \(name) link set \(port) master switch up",
                "ip -n \(own) addr add \(Self.address(of: host))/24 dev eth0",
                "ip -n \(own) link set eth0 up", "ip -n \(own) link set lo up",
            ]
        }
        guard Machine.run(lines.joined(separator: " && ")) == 0 else { throw Refused() }
    }

    /// The address of a host, counted from 0, on the network of all.
    static func address(of host: Int) -> String { "10.0.0.\(host + 1)" }

    /// What runs a command on a host.
    func wrapper(of host: Int) -> [String] { ["/usr/bin/env", "ip", "netns", "exec", "\(name)-\(host)"] }

    /// Pulls the cable of a host.
    func cut(_ host: Int) { Machine.run("ip -n \(name) link set port\(host) down") }

    /// Puts it back.
    func mend(_ host: Int) { Machine.run("ip -n \(name) link set port\(host) up") }

    deinit {
        let names = [name] + (0..<count).map { "\(name)-\($0)" }
        Machine.run(names.map { "ip netns del \($0)" }.joined(separator: "; "))
    }
}
