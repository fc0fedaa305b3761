import Configuration
import Foundation
import RolloutCore
import Synchronization
import Testing

@testable import Nodes

@Suite struct ProfileSearchTests {
    private let run: TinyRun

    init() throws {
        run = try TinyRun()
        try TinyEncoder.write(to: run.path + "/encoder")
        try TinyEncoder.write(to: run.path + "/other", shift: 1)
    }

    private func dense(_ change: (inout RunConfiguration) -> Void = { _ in }) -> RunConfiguration {
        run.configuration {
            $0.personalization.retriever = .dense
            $0.personalization.dense.model = run.path + "/encoder"
            change(&$0)
        }
    }

    private func prepare(_ change: (inout RunConfiguration) -> Void = { _ in }) throws -> PreparedRun {
        try PreparedRun(dense(change), base: run.base)
    }

    private func refusal(_ change: (inout RunConfiguration) -> Void) -> String {
        do {
            _ = try prepare(change)
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test func theEncoderIsPartOfTheRun() throws {
        let digests = try [
            prepare().plan.run, prepare { $0.personalization.dense.model = run.path + "/other" }.plan.run,
            prepare { $0.personalization.dense.similarity = .cosine }.plan.run,
            prepare { $0.personalization.dense.maxTokens = 9 }.plan.run,
            PreparedRun(run.configuration(), base: run.base).plan.run,
        ]
        #expect(Set(digests).count == digests.count)
        #expect(try prepare().plan == prepare().plan)
        // Where it lies is not.
        try FileManager.default.copyItem(atPath: run.path + "/encoder", toPath: run.path + "/moved")
        #expect(try prepare { $0.personalization.dense.model = run.path + "/moved" }.plan == prepare().plan)
    }

    @Test func vectorsStayBesideTheRunAndChangeNothing() throws {
        let place = PreparedRun.embeddings(besideRun: run.path + "/runs/a")
        #expect(place == run.path + "/runs/.embeddings")
        let first = try PreparedRun(dense(), base: run.base, embeddings: place)
        let second = try PreparedRun(dense(), base: run.base, embeddings: place)
        #expect(first.plan == second.plan)
        #expect(first.promptRows == second.promptRows)
        #expect(try prepare().promptRows == first.promptRows)
        #expect(first.summary.contains { $0.contains("texts embedded") && !$0.contains(" 0 texts embedded") })
        #expect(second.summary.contains { $0.contains(": 0 texts embedded") })
    }

    @Test func progressIsToldUntilTheEnd() throws {
        let told = Mutex<[SearchProgress]>([])
        _ = try PreparedRun(dense(), base: run.base) { progress in told.withLock { $0.append(progress) } }
        let all = told.withLock { $0 }
        for split in [Split.train, .validation, .test] {
            let last = try #require(all.filter { $0.split == split }.max { $0.done < $1.done })
            #expect(last.done == last.total && last.total > 8)
            #expect(last.left == .zero)
        }
    }

    @Test func anEncoderThatCannotBeUsedIsNamed() {
        #expect(
            refusal { $0.personalization.dense.model = "/nowhere" }.contains(
                "/nowhere is not a directory with an encoder"))
        #expect(refusal { $0.personalization.dense.maxTokens = 65 }.contains("takes from 3 to 64"))
    }

    @Test func theConstantsOfBM25AreTheConfigurations() throws {
        func scores(_ change: (inout RunConfiguration) -> Void) throws -> PreparedRun {
            try PreparedRun(run.configuration(change), base: run.base)
        }
        #expect(try scores { $0.personalization.bm25.k1 = 0 }.plan.run != scores { _ in }.plan.run)
    }
}
