import Foundation
import FoundationNetworking
import Testing

@Suite(.realClusters) struct DashboardCommandTests {
    private let run: FinishedRun

    init() async throws { run = try await TinyRuns.finished.value }

    /// A dashboard that serves, and where.
    private func started(_ subject: String? = nil, _ more: String...) async throws -> (Started, url: String) {
        let process = try Started(["dashboard", subject ?? run.path, "--listen", "127.0.0.1:0"] + more)
        try await eventually("it says where it is") {
            try #require(process.isRunning, "\(process.errorSoFar)")
            return process.outputSoFar.hasSuffix("\n")
        }
        return (process, process.outputSoFar.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    private func page(_ address: String) async throws -> (text: String, status: Int?) {
        let (data, response) = try await URLSession.shared.data(from: try #require(URL(string: address)))
        return (String(decoding: data, as: UTF8.self), (response as? HTTPURLResponse)?.statusCode)
    }

    @Test("A finished run is shown until the command is stopped, and is not changed by it")
    func shows() async throws {
        let before = try await Binary.run(["digest", run.path]).lines
        let (process, url) = try await started()
        for path in ["/", "/cluster", "/failures", "/weights", "/trajectories", "/trajectories/train/1/0", "/api/run"] {
            let (data, response) = try await URLSession.shared.data(from: try #require(URL(string: url + path)))
            #expect((response as? HTTPURLResponse)?.statusCode == 200, "\(path)")
            #expect(
                String(decoding: data, as: UTF8.self).contains(path.hasPrefix("/api") ? "\"tiny\"" : "tiny"), "\(path)")
        }
        process.signal(SIGINT)
        let outcome = try await process.outcome(within: 30)
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.error.isEmpty)
        #expect(try await Binary.run(["digest", run.path]).lines == before)
    }

    @Test(
        "A run that is kept elsewhere is shown through its coordinator, to who has a key, and a page says when it is gone"
    )
    func elsewhere() async throws {
        let keys = try Folder()
        for arguments in [["init", keys.path], ["add", keys.path, "scorer", "looker"]] {
            try #require(try await Binary.run(["keys"] + arguments).status == 0)
        }
        let cluster = try SmallCluster(try await TinyRuns.shared.value, "looked-at", keys: keys.path)
        let coordinator = try cluster.coordinator()
        try await eventually("it listens") { coordinator.errorSoFar.contains("listening") }
        let scorer = try cluster.node("scorer")
        try await eventually("the scorer has joined") { coordinator.errorSoFar.contains("scorer scorer joined") }
        let (looking, url) = try await started(cluster.endpoint, "--keys", keys.path, "--name", "looker")
        for (path, words) in [("/", "tiny"), ("/cluster", ">scorer<"), ("/api/run", "\"tiny\"")] {
            // The coordinator writes once a second, and pages are read again as often.
            try await eventually("\(path) shows \(words)") {
                let (page, status) = try await page(url + path)
                return status == 200 && page.contains(words)
            }
        }
        // Who looks is no node.
        #expect(!coordinator.errorSoFar.contains("looker"))
        let (strange, strangeURL) = try await started(cluster.endpoint)
        let (refused, _) = try await page(strangeURL + "/")
        #expect(refused.contains("one of the two encrypts and the other does not"), "\(refused)")
        coordinator.signal(SIGTERM)
        #expect(try await coordinator.outcome().status == 75)
        let (gone, status) = try await page(url + "/")
        #expect(status == 503 && gone.contains("cannot be reached"), "\(gone)")
        for process in [looking, strange] {
            process.signal(SIGINT)
            #expect(try await process.outcome(within: 30).status == 0)
        }
        withExtendedLifetime(scorer) {}
    }

    @Test("What cannot be listened at is a sentence")
    func refused() async throws {
        let (process, url) = try await started()
        let taken = String(url.dropFirst("http://".count))
        try await Binary.run(["dashboard", run.path, "--listen", taken]).refused(69, "cannot listen at \(taken)")
        try await Binary.run(["dashboard", run.path + "/none"]).refused(66, "/none does not exist")
        for address in ["8642", "example.org:80", "127.0.0.1:99999"] {
            let outcome = try await Binary.run(["dashboard", run.path, "--listen", address])
            #expect(outcome.status == 64)
            #expect(outcome.error.contains("--listen is an IP address and a port"))
        }
        withExtendedLifetime(process) {}
    }

    @Test(
        "In a real browser: no errors, contrast, names, keyboard, desk and phone, light and dark",
        .enabled(if: Browser.isThere))
    func looksRight() async throws {
        let (process, url) = try await started()
        let pictures = FileManager.default.temporaryDirectory.appending(path: "dashboard-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: pictures) }
        let script = try #require(Browser.script)
        let outcome = try await Binary.shell(
            "python3 '\(script)' \(url) '\(pictures)' / /trajectories /trajectories/train/1/0", seconds: 300)
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.error)")
        #expect(outcome.lines.filter { $0.hasPrefix("✓") }.count == 12)
        withExtendedLifetime(process) {}
    }
}

/// What looks at pages.
private enum Browser {
    static let script: String? = {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../cluster/look-at-dashboard").standardizedFileURL.path
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }()

    static var isThere: Bool {
        script != nil && ["chromium", "python3"].allSatisfy { Machine.run("command -v \($0)") == 0 }
    }
}
