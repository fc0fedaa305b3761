import Files
import Foundation
import Nodes
import RunStore

/// A policy to evaluate: the best one of a finished run, or a model's directory.
struct EvaluatedPolicy {
    /// What it is called in tables.
    var name: String
    /// The run it is of.
    let run: RunDirectory?
    /// Its version in that run; 0 otherwise.
    let version: UInt32
    /// Where its weights are.
    let model: String
    private let path: String

    /// - Throws: `Failure` or `RunStoreError` for a run without a best policy yet, and for what is not there.
    init(_ path: String) throws {
        self.path = path
        name = URL(filePath: path).standardizedFileURL.lastPathComponent
        guard RunDirectory.isRun(path) else {
            guard Directories.exists(path) else {
                throw Failure(.missing, "\(path) does not exist: give the directory of a run or of a model")
            }
            (run, version, model) = (nil, 0, path)
            return
        }
        let run = try RunDirectory.open(path)
        guard let best = try RunReader(run).summary().bestPolicy else {
            throw Failure(.unavailable, "\(path) is not finished: its best policy is not known yet")
        }
        (self.run, version, model) = (run, best, run.checkpoints + "/best")
    }

    func load() throws -> BaseModel { try BaseModel(directory: model) }

    /// The same, called by their whole paths where two have one name.
    static func named(_ policies: [EvaluatedPolicy]) -> [EvaluatedPolicy] {
        policies.map { policy in
            var policy = policy
            if policies.count(where: { $0.name == policy.name }) > 1 { policy.name = policy.path }
            return policy
        }
    }
}
