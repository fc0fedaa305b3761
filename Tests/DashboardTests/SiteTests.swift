import Foundation
import JSONLines
import RolloutCore
import RunStore
import Serving
import Testing

@testable import Dashboard

@Suite struct SiteTests {
    private let run: HostileRun
    private let feed: LiveFeed
    private let site: Site

    init() async throws {
        run = try HostileRun()
        try run.begin()
        try run.tick()
        feed = LiveFeed(run.directory, clock: { 1002 })
        site = Site(feed, Browser(run.directory), clock: { 1002 })
        await feed.refresh()
    }

    private func body(_ path: String, _ query: [WebRequest.Item] = [], status: Int = 200) async throws -> String {
        let reply = await site.reply(to: WebRequest(path, query))
        #expect(reply.status == status, "\(path)")
        guard case .text(let text) = reply.body else { throw NoText() }
        return text
    }

    private struct NoText: Error {}

    private static let pages = [
        "/", "/cluster", "/failures", "/weights", "/trajectories", "/trajectories/train/1/1", "/events/before/99",
    ]

    @Test(arguments: pages)
    func nothingThatWasWrittenIsMarkup(path: String) async throws {
        let html = try await body(path)
        // Whatever was written is in the page as text, if at all.
        #expect(!html.contains("<script>"))
        #expect(!html.contains("<img"))
        #expect(!html.contains("<b>"))
        #expect(!html.contains("onerror='"))
        #expect(html.contains("&lt;script&gt;"))
    }

    @Test(arguments: pages)
    func pagesAreWhole(path: String) async throws {
        let html = try await body(path)
        #expect(html.hasPrefix("<!DOCTYPE html><html lang=\"en\">"))
        #expect(html.contains("<meta name=\"viewport\""))
        #expect(html.components(separatedBy: "<h1>").count == 2)
        // No inline style, no handler, no script but ours; nothing from elsewhere.
        #expect(html.components(separatedBy: "<script").count == 2)
        #expect(html.contains("<script src=\"/script.js\" defer=\"\"></script>"))
        #expect(!html.contains(" style=\""))
        #expect(!html.contains("http://"))
        #expect(!html.contains("https://"))
        // Every control has its label.
        let ids = Self.values(of: "id", in: html)
        #expect(Set(ids).count == ids.count)
        let fields = html.components(separatedBy: "<select").count + html.components(separatedBy: "<input").count - 2
        #expect(Self.values(of: "for", in: html).filter(ids.contains).count == fields)
    }

    @Test func theOverviewSaysWhereTheRunStands() async throws {
        let html = try await body("/")
        #expect(html.contains("<dd>training 1</dd>"))
        #expect(html.contains("step 4 of 10, loss 2.500, 900 tokens/s"))
        #expect(html.contains("E-step 1, mean 0.1450, 60 rewards"))
        #expect(html.contains("<dd>2.0 s ago</dd>"))
        #expect(!html.contains("class=\"alarm\""))
    }

    @Test func silenceAndHaltsAreAlarms() async throws {
        try run.tick { $0.halted = "it needs a person" }
        await feed.refresh()
        #expect(try await body("/").contains("<p class=\"alarm\">Halted: it needs a person</p>"))
        let late = Site(feed, Browser(run.directory), clock: { 1010 })
        try run.tick()
        await feed.refresh()
        guard case .text(let html) = await late.reply(to: WebRequest("/")).body else { throw NoText() }
        #expect(html.contains("The coordinator has not written for more than 5 s"))
    }

    @Test func clusterAndFailuresShowTheirOwn() async throws {
        let cluster = try await body("/cluster")
        #expect(cluster.contains("M-step 1, task 0"))
        #expect(cluster.contains("<td class=\"t\">3.0 s ago</td>"))
        let failures = try await body("/failures")
        #expect(failures.contains(">expired</th><td class=\"n\">7</td>"))
        #expect(failures.contains("system failure"))
    }

    // MARK: - Trajectories

    @Test func pagesOfASearchFollowOneAnother() async throws {
        var path: [WebRequest.Item] = [WebRequest.Item("order", "best"), WebRequest.Item("limit", "25")]
        let first = try await body("/trajectories", path)
        #expect(first.components(separatedBy: "<li>").count == 26)
        #expect(first.contains("reward 0.2900"))
        #expect(first.contains(">Next</a>"))
        #expect(!first.contains(">Previous</a>"))
        path.append(WebRequest.Item("after", "0.18:0:18"))
        let second = try await body("/trajectories", path)
        #expect(second.contains(">Previous</a>"))
        #expect(second.contains(">First</a>"))
    }

    @Test func aSearchKeepsWhatWasAsked() async throws {
        let html = try await body(
            "/trajectories", [WebRequest.Item("text", "answer 1.7 <"), WebRequest.Item("node", "gone \"node\"")])
        #expect(html.contains("value=\"answer 1.7 &lt;\""))
        #expect(html.contains("<option value=\"gone &quot;node&quot;\" selected=\"\">"))
        #expect(html.contains("No trajectory matches."))
    }

    @Test(arguments: [
        ("iteration", "x"), ("iteration", "-1"), ("prompt", "9999999999"), ("split", "training"), ("order", "random"),
        ("after", "1:2"), ("before", "x:1:2"), ("limit", "many"),
    ])
    func whatCannotBeReadIsASentence(name: String, value: String) async throws {
        let html = try await body("/trajectories", [WebRequest.Item(name, value)], status: 400)
        #expect(html.contains("<p class=\"note\">"))
        let data = try JSON.parse(
            Array(try await body("/api/trajectories", [WebRequest.Item(name, value)], status: 400).utf8))
        #expect(data["error"]?.string?.contains(value) == true)
    }

    @Test(arguments: [
        "/none", "/cluster/1", "/trajectories/train/1", "/trajectories/train/1/99", "/trajectories/else/1/1",
        "/trajectories/train/1/x", "/events/before/x", "/../etc/passwd", "/api/none",
    ])
    func elsewhereIsNothing(path: String) async throws { _ = try await body(path, status: 404) }

    // MARK: - Data

    @Test func whatIsListedIsThere() async throws {
        let index = try JSON.parse(Array(try await body("/api").utf8))
        #expect(index.object?.keys.count == 4)
        for path in index.object?.keys ?? [] {
            let real = String(path.prefix { $0 != "?" }).replacing("SPLIT", with: "train").replacing(
                "ITERATION", with: "1"
            )
            .replacing("PROMPT", with: "1")
            _ = try await body(real)
        }
    }

    @Test func prometheusGetsTheRun() async throws {
        let lines = Set(try await body("/metrics").split(separator: "\n").map(String.init))
        for line in [
            "reprise_tasks_total{kind=\"sample\",outcome=\"done\"} 1",
            "reprise_trajectories_total{split=\"train\",outcome=\"malformed\"} 1",
            "reprise_attempts_total{kind=\"train\",outcome=\"system failure\"} 1", "reprise_nodes{role=\"learner\"} 1",
            "reprise_training_step{iteration=\"1\"} 4", "reprise_coordinator_silence_seconds 2", "reprise_finished 0",
            "reprise_sampled_tokens_total 120",
        ] { #expect(lines.contains(line), "\(line)") }
        // A name is a value, whatever is in it.
        let node = HostileRun.attack.replacing("\"", with: "\\\"")
        #expect(lines.contains("reprise_node_silence_seconds{node=\"\(node)\",role=\"learner\"} 2.5"))
    }

    @Test func theAPIHasTheSame() async throws {
        let data = try JSON.parse(Array(try await body("/api/run").utf8))
        #expect(data["name"]?.string == HostileRun.attack)
        #expect(data["training"]?["step"]?.integer == 4)
        #expect(data["rewards"]?[0]?["trajectories"]?.integer == 60)
        #expect(data["rewards"]?[0]?["malformed"]?.integer == 1)
        #expect(data["nodes"]?[0]?["silence"]?.double == 2.5)
        #expect(data["counters"]?["infrastructure.expired"]?.integer == 7)
        #expect(data["leases"]?[0]?["attempt"]?.integer == 3)
        let total = data["histograms"]?[0]?["counts"]?.array?.compactMap(\.integer).reduce(0, +)
        #expect(total == 60)
        let samples = try JSON.parse(Array(try await body("/api/trajectories/train/1/1").utf8))
        #expect(samples.array?.count == 30)
        #expect(samples[0]?["answer"] == .null)
        #expect(samples[1]?["answer"]?.string == "answer 1.1 \(HostileRun.attack)")
        #expect(samples[1]?["profile"]?[0]?["rating"]?.integer == 4)
        let task = TaskID(iteration: 1, split: .train, kind: .sample, index: 0)
        #expect(samples[1]?["trace"]?.string == Trace.id(run: HostileRun.plan.run, task: task))
        let events = try JSON.parse(Array(try await body("/api/events", [WebRequest.Item("limit", "1")]).utf8))
        #expect(events[0]?["detail"]?.string == HostileRun.attack)
    }

    @Test func theAPIPagesToItsEnd() async throws {
        var seen: [String] = []
        var query = [WebRequest.Item("limit", "7"), WebRequest.Item("order", "worst")]
        while true {
            let page = try JSON.parse(Array(try await body("/api/trajectories", query).utf8))
            let rows = try #require(page["rows"]?.array)
            seen += rows.map { "\($0["prompt"]?.integer ?? -1).\($0["sample"]?.integer ?? -1)" }
            guard let next = page["next"]?.string else { break }
            query = [WebRequest.Item("limit", "7"), WebRequest.Item("order", "worst"), WebRequest.Item("after", next)]
            try #require(seen.count <= 60)
        }
        #expect(seen.count == 60)
        #expect(Set(seen).count == 60)
    }

    private static func values(of attribute: String, in html: String) -> [String] {
        html.components(separatedBy: " \(attribute)=\"").dropFirst().map { String($0.prefix { $0 != "\"" }) }
    }
}
