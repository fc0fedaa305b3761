import Foundation
import JSONLines
import Testing

/// Rows in LongLaMP's schema.
enum Row {
    /// A topic row with these documents.
    static func topic(_ input: String, _ documents: [String]) -> String {
        let profile = documents.enumerated().map { index, text -> JSON in
            ["id": .string("\(index)"), "summary": .string("title \(index)"), "content": .string(text)]
        }
        let row: JSON = ["author": "u1", "input": .string(input), "profile": .array(profile), "extra": 1]
        return row.serialized()
    }
}

@Suite struct RetrieveCommandTests {
    private let row = Row.topic(
        "Write about lighthouse keepers", ["old bread recipes", "the lighthouse by the sea", "rain"])

    @Test func theMostLikeDocumentComesFirst() async throws {
        let outcome = try await Binary.run(["retrieve", "--retriever", "bm25", "--k", "2"], input: row)
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.error.isEmpty)
        let result = try outcome.json()[0]
        #expect(result.object?.keys == ["author", "input", "profile", "extra", "ranking"])
        #expect(result["ranking"]?.array?.map { $0["index"]?.integer } == [1, 0])
        #expect((result["ranking"]?[0]?["score"]?.double ?? 0) > 0)
    }

    @Test func aSmallProfileIsRankedWholeAndSaid() async throws {
        let outcome = try await Binary.run(["retrieve", "--k", "9", "--retriever", "recent"], input: row)
        #expect(outcome.status == 0)
        #expect(try outcome.json()[0]["ranking"]?.array?.map { $0["index"]?.integer } == [2, 1, 0])
        #expect(outcome.error.contains("1 profile has fewer than 9 documents"))
    }

    @Test func badInputIsNamed() async throws {
        try await Binary.run(["retrieve"], input: row + "\n" + row + "\n{'a'}").refused(65, "line 3")
        try await Binary.run(["retrieve"], input: Row.topic("x", [])).refused(65, "line 1", "profile is empty")
        try await Binary.run(["retrieve"], input: #"{"author": "u", "input": "x"}"#).refused(65, "no profile")
        try await Binary.run(["retrieve"], input: #"{"input": "x"}"#).refused(65, "--task")
        try await Binary.run(["retrieve", "none.gz"]).refused(66, "none.gz")
        #expect(try await Binary.run(["retrieve", "--k", "0"], input: row).status == 64)
        for (arguments, sentence) in [
            (["--retriever", "dense"], "give --model and its directory"),
            (["--seed", "3"], "--seed does nothing with --retriever bm25"),
            (["--retriever", "dense", "--model", "x", "--k1", "1"], "--k1 does nothing with --retriever dense"),
            (["--retriever", "sparse"], "dense"),
        ] {
            let outcome = try await Binary.run(["retrieve"] + arguments, input: row)
            #expect(outcome.status == 64)
            #expect(outcome.error.contains(sentence), "\(outcome.error)")
        }
        try await Binary.run(["retrieve", "--retriever", "dense", "--model", "nowhere"], input: row)
            .refused(66, "There is no model directory nowhere")
    }

    @Test func denseRankingsDependOnNeitherThreadsNorCache() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "reprise-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try TinyEncoder.write(to: folder + "/encoder")
        let rows = (0..<20).map { Row.topic("keepers \($0)", ["bread \($0)", "the lighthouse", "rain"]) }
        let dense = ["retrieve", "--retriever", "dense", "--model", folder + "/encoder", "--similarity", "cosine"]
        let first = try await Binary.run(dense, input: rows.joined(separator: "\n"))
        #expect(first.status == 0, "\(first.error)")
        #expect(try first.json().count == 20)
        let ranking = try first.json()[0]["ranking"]?.array ?? []
        let scores = ranking.compactMap { $0["score"]?.double }
        #expect(scores.count == 3 && scores == scores.sorted(by: >) && scores[0] <= 1)
        for _ in 0..<2 {
            let again = try await Binary.run(
                dense + ["--threads", "3", "--cache", folder + "/cache"], input: rows.joined(separator: "\n"))
            #expect(again.output == first.output)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/cache").count == 2)
        try await Binary.run(dense + ["--max-tokens", "99"], input: row).refused(65, "takes from 3 to 64")
    }

    @Test func anEmptyProfileMayBeAllowed() async throws {
        let outcome = try await Binary.run(["retrieve", "--empty-profile", "allow"], input: Row.topic("x", []))
        #expect(try outcome.json()[0]["ranking"] == [])
    }
}
