import Exposition
import Serving

/// Gives a process's metrics to whoever fetches them: `/metrics`, and nothing else.
struct MetricsServer {
    private let server: WebServer

    /// Where it listens.
    var address: WebAddress { server.address }

    /// - Throws: `WebServerError` when the address cannot be listened at.
    init(_ registry: MetricRegistry, at address: WebAddress) async throws(WebServerError) {
        // Off loopback it is there for others, by whatever name.
        let hosts = address.isLoopback ? HostRule() : .any
        server = try await WebServer(at: address, hosts: hosts) { request in
            request.path == "/metrics"
                ? WebReply(type: MetricText.type, registry.text) : .sentence(404, "Metrics are at /metrics.")
        }
    }
}
