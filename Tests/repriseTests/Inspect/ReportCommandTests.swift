import Foundation
import JSONLines
import Testing

@Suite struct ReportCommandTests {
    private let run: FinishedRun

    init() async throws { run = try await TinyRuns.finished.value }

    private func report(_ arguments: String...) async throws -> Binary.Outcome {
        let outcome = try await Binary.run(["report"] + arguments)
        #expect(outcome.status == 0, "\(outcome.error)")
        return outcome
    }

    @Test("A finished run has its report beside it, and it can be made again to the byte")
    func beside() async throws {
        let file = run.path + "/report.html"
        #expect(run.outcome.lines.contains("report  \(file)"), "\(run.outcome.output)")
        let written = try String(contentsOfFile: file, encoding: .utf8)
        #expect(try await report(run.path, "--output", "-").output == written)
        let digest = try #require(run.digest)
        #expect(written.contains(digest) && written.contains("<h1>tiny</h1>"))
        for section in [
            "scores", "course", "trainings", "selection", "starvation", "overlap", "rewards", "variety",
            "several", "examples", "configuration",
        ] {
            #expect(written.contains("<section id=\"\(section)\">"), "\(section)")
        }
    }

    @Test("All formats say the same, and what the run's tables say")
    func formats() async throws {
        let json = try JSON.parse(try await report(run.path, "--format", "json", "--output", "-").output)
        let sections = try #require(json["sections"]?.array)
        let markdown = try await report(run.path, "--format", "markdown", "--output", "-").lines
        #expect(
            markdown.filter { $0.hasPrefix("## ") }.map { String($0.dropFirst(3)) }
                == sections.compactMap { $0["title"]?.string })
        #expect(json["facts"]?.array?.last?["value"]?.string == run.digest)
        let scores = try #require(sections.first { $0["id"] == "scores" }?["blocks"]?.array)
        #expect(
            scores.compactMap { $0["caption"]?.string } == ["validation, temperature 0.8", "test, temperature 0.8"])
        #expect(scores[1]["rows"]?.array?.count == 3)
        let sealed = try await Binary.run(["query", run.path, "select kept, malformed from iterations order by 1"])
        let selection = try #require(sections.first { $0["id"] == "selection" }?["blocks"]?[0]?["rows"]?.array)
        let kept = Set(selection.compactMap { $0[2]?.integer })
        #expect(Set(sealed.lines.suffix(2).compactMap { $0.split(separator: " ").first.flatMap { Int($0) } }) == kept)
        let panels = try #require(sections.first { $0["id"] == "rewards" }?["blocks"]?[0]?["panels"]?.array)
        #expect(panels.map { $0["counts"]?.array?.compactMap(\.integer).reduce(0, +) } == [4096, 4096])
    }

    @Test("Several runs are systems, and need a place to be written to")
    func several() async throws {
        let runs = try await TinyRuns.shared.value
        let copy = runs.directory("report-copy")
        try FileManager.default.copyItem(atPath: run.path, toPath: copy)
        #expect(try await Binary.run(["report", run.path, copy]).status == 64)
        let place = runs.directory("both.html")
        #expect(try await report(run.path, copy, "--output", place).lines == [place])
        let html = try String(contentsOfFile: place, encoding: .utf8)
        // Equal name and seed: they are told apart by their folders.
        #expect(html.contains("report-copy</th>") && html.contains(">finished</th>"))
        #expect(!html.contains("<section id=\"differences\">"), "nothing differs")
        let json = try JSON.parse(
            try await report(run.path, copy, "--format", "json", "--output", "-").output)
        let systems = try #require(json["sections"]?[0])
        #expect(systems["id"] == "systems" && systems["blocks"]?[0]?["rows"]?.array?.count == 2)
    }

    @Test("What is no run, and what cannot be written, is said in a sentence")
    func refused() async throws {
        try await Binary.run(["report", run.path + "/none"]).refused(66, "/none does not exist")
        try await Binary.run(["report", run.path + "/logs"]).refused(66, "holds no run")
        try await Binary.run(["report", run.path, "-o", run.path + "/none/report.html"]).refused(73, "none")
        #expect(try await Binary.run(["report", run.path, "--format", "pdf"]).status == 64)
    }
}
