import Foundation
import FuzzTargets
import Testing

/// A few thousand changed inputs for every reader of foreign bytes, the same ones each time; `cluster/fuzz` goes on from
/// there with libFuzzer and the address sanitizer.
@Suite struct FuzzTests {
    static let rounds = 3000

    @Test(arguments: FuzzTarget.all.map(\.name)) func takesWhateverComes(name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        let take = try target.begin()
        let seeds = try target.seeds()
        #expect(!seeds.isEmpty && seeds.allSatisfy { $0.count < 8192 })
        for seed in seeds { try take(seed) }
        var mutator = Mutator(seed: 1)
        // A change of the journal writes to its file twice.
        for round in 0..<(name == "journal" ? Self.rounds / 5 : Self.rounds) {
            let input = mutator.mutate(seeds)
            do { try take(input) } catch { throw Failure(round: round, error: "\(error)", input: input) }
        }
    }

    /// Inputs that once broke something, in `Found/TARGET`.
    @Test(arguments: FuzzTarget.all.map(\.name)) func whatOnceBrokeItIsTaken(name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Found/\(name)")
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        let take = try target.begin()
        for file in files { try take([UInt8](try Data(contentsOf: file))) }
    }

    @Test func theMutatorRepeatsItself() {
        let inputs: [[UInt8]] = [Array(0..<50), [], [1]]
        var first = Mutator(seed: 3)
        var second = Mutator(seed: 3)
        var changed = 0
        for _ in 0..<500 {
            let input = first.mutate(inputs)
            #expect(input == second.mutate(inputs))
            if !inputs.contains(input) { changed += 1 }
        }
        #expect(changed > 400)
    }

    struct Failure: Error {
        let round: Int
        let error: String
        let input: [UInt8]
    }
}
