import Checkpoints
import Digests
import Foundation
import Testing

@testable import Transformer

struct TrainingStateTests {
    private let key = Digest.of("training")

    /// A state in the middle of a training, and the path of a file that is gone with the test.
    private func withState(
        _ optimizer: TrainingRecipe.Optimizer = .adamW, _ body: (TrainingState, String) throws -> Void
    ) throws {
        let trainer = try Trainer(
            model: .initialized(config: try Tiny.config(), seed: 2), recipe: TrainerTests.recipe(optimizer))
        try trainer.run(TrainerTests.examples(30)) { $0.step < 4 }
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).safetensors").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        var state = trainer.state
        state.seconds = 12.25
        try body(state, path)
    }

    @Test(arguments: TrainingRecipe.Optimizer.allCases)
    func aFileGivesBackEveryBit(optimizer: TrainingRecipe.Optimizer) throws {
        try withState(optimizer) { state, path in
            try state.write(to: path, key: key)
            #expect(try TrainingState(file: path, key: key) == state)
            #expect(state.optimizer.step == 4 && state.report.steps == 4)
        }
    }

    @Test func anotherTrainingsFileIsRefused() throws {
        try withState { state, path in
            try state.write(to: path, key: key)
            let error = #expect(throws: TrainingError.self) { try TrainingState(file: path, key: Digest.of("other")) }
            #expect(error?.description.contains("not the saved state of this training") == true)
        }
    }

    @Test func everyCutAndFlippedFileIsRefused() throws {
        try withState { state, path in
            try state.write(to: path, key: key)
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
            for count in stride(from: 0, to: bytes.count, by: bytes.count / 50) {
                try Data(bytes[..<count]).write(to: URL(filePath: path))
                #expect(throws: (any Error).self) { try TrainingState(file: path, key: key) }
            }
            for place in stride(from: 0, to: bytes.count, by: bytes.count / 200) {
                var flipped = bytes
                flipped[place] ^= 1
                try Data(flipped).write(to: URL(filePath: path))
                // A flip in the header's padding changes nothing that is read.
                guard let found = try? TrainingState(file: path, key: key) else { continue }
                #expect(found == state, "byte \(place)")
            }
        }
    }

    @Test func aStateOfAnotherModelIsRefused() throws {
        try withState(.adafactor) { state, _ in
            let trainer = try Trainer(
                model: .initialized(config: try Tiny.config(), seed: 2), recipe: TrainerTests.recipe(.adamW))
            #expect(throws: TrainingError.self) { try trainer.restore(state) }
            var short = state
            short.weights.removeLast()
            let error = #expect(throws: TrainingError.self) { try trainer.restore(short) }
            #expect(error?.description.contains("weights, but this model has") == true)
            // A refused state leaves the trainer as it was.
            #expect(trainer.report.steps == 0)
        }
    }
}
