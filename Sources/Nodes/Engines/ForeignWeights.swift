import Checkpoints

/// Weights another program made, taken in only when they are a policy of this base: same architecture, same tensors, finite.
enum ForeignWeights {
    /// Why weights are not taken in: the end of a sentence about whoever made them.
    struct Refusal: Error, Equatable, CustomStringConvertible {
        let description: String
    }

    /// Reads a Hugging Face directory.
    static func load(_ directory: String, as base: Checkpoint) throws(Refusal) -> Checkpoint {
        let made: Checkpoint
        do {
            made = try Checkpoint.load(directory: directory)
        } catch {
            throw Refusal(description: "left no checkpoint that can be read: \(error)")
        }
        // What a writer of configurations may add or leave out without changing what is computed.
        var config = made.config
        config.maxPositions = base.config.maxPositions
        config.bosTokenID = base.config.bosTokenID
        config.eosTokenIDs = base.config.eosTokenIDs
        guard config == base.config else {
            throw Refusal(
                description:
                    "left a model of another architecture than the base: compare its config.json with the base's")
        }
        for tensor in made.tensors {
            guard tensor.floats.allSatisfy(\.isFinite) else {
                throw Refusal(description: "left weights that are not finite numbers, in tensor \(tensor.name)")
            }
        }
        do {
            return try base.with(tensors: made.tensors)
        } catch {
            throw Refusal(description: "left other tensors than the base has: \(error)")
        }
    }
}
