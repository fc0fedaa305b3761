import ArgumentParser
import CoreMetrics
import Exposition
import Logging
import Nodes
import Serving

/// What a process says about itself to machines.
struct MetricsOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Give metrics to Prometheus at http://ADDRESS:PORT/metrics; cluster/grafana/README.md lists them.",
            valueName: "address:port"))
    var metrics: String?

    func validate() throws {
        if let metrics, WebAddress(metrics) == nil {
            throw ValidationError("--metrics is an IP address and a port, such as 127.0.0.1:9464, not \(metrics).")
        }
    }

    /// Begins to keep metrics, where they are asked for; they are given while the server is there.
    ///
    /// - Throws: `WebServerError` when the address cannot be listened at.
    func start(_ logger: Logger) async throws -> MetricsServer? {
        guard let address = metrics.flatMap({ WebAddress($0) }) else { return nil }
        let registry = MetricRegistry(RunMetrics.all)
        let server = try await MetricsServer(registry, at: address)
        MetricsSystem.bootstrap(registry)
        logger.notice("metrics", metadata: ["url": "http://\(server.address)/metrics"])
        return server
    }
}

/// How a process writes its log.
struct LogOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Log lines for people (human), or as JSON Lines with run, term, node, task and trace (json).",
            valueName: "format"), transform: Self.format)
    var logFormat = LogFormat.human

    private static func format(_ name: String) throws -> LogFormat {
        guard let format = LogFormat(rawValue: name) else {
            throw ValidationError("--log-format is human or json, not \(name).")
        }
        return format
    }
}
