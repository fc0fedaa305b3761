import Testing

@testable import Serving

@Suite struct WebAddressTests {
    @Test(arguments: [
        ("127.0.0.1:8642", "127.0.0.1", 8642, true), ("localhost:0", "127.0.0.1", 0, true),
        ("[::1]:80", "::1", 80, true),
        ("0.0.0.0:9", "0.0.0.0", 9, false), ("10.1.2.3:65535", "10.1.2.3", 65535, false), ("[::]:1", "::", 1, false),
    ])
    func reads(text: String, host: String, port: UInt16, isLoopback: Bool) throws {
        let address = try #require(WebAddress(text))
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.isLoopback == isLoopback)
        if host != "127.0.0.1" { #expect("\(address)" == text) }
    }

    @Test(arguments: [
        "", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.256:80", "1.2.3:80",
        "example.org:80", "::1:80", "[example]:80", "[::1]", "127.0.0.1:80 ", "٣.0.0.1:80",
    ])
    func refuses(text: String) { #expect(WebAddress(text) == nil) }
}

@Suite struct HostRuleTests {
    private let rule = HostRule(names: ["Cluster.example.org"])

    @Test(arguments: [
        "localhost", "localhost:8642", "LOCALHOST:1", "127.0.0.1:8642", "192.168.1.7", "[::1]:8642", "[fe80::1]",
        "cluster.example.org", "CLUSTER.example.org:443",
    ])
    func answers(host: String) { #expect(rule.admits(host)) }

    @Test(arguments: [
        "", "evil.example", "evil.example:8642", "localhost.evil.example", "127.0.0.1.evil.example", "[evil]", "[::1",
        "[::1]evil", "localhost:port", "127.0.0.1:99999", "example.org", "1.2.3", "[::1]:x",
    ])
    func refuses(host: String) { #expect(!rule.admits(host)) }

    @Test func aRequestWithoutAHostIsRefused() { #expect(!rule.admits(nil)) }
}
