import Digests
import Files
import JSONLines

/// Answers by the content of their requests, one file each, so that a task that is done again, by whichever slot or process
/// of this machine, is answered as before and paid for once.
///
/// A file appears whole or not at all. One that cannot be read is as good as none; one that cannot be written costs the
/// next asker time and nothing else.
public struct AnswerCache: Sendable, Equatable {
    /// Where the files lie; made when the first answer is kept.
    public let directory: String

    /// Names a directory.
    public init(directory: String) { self.directory = directory }

    private func path(_ digest: Digest) -> String { "\(directory)/\(digest).json" }

    func answer(to request: CompletionRequest, model: String) -> Completion? {
        guard let bytes = try? FileReader.contents(of: path(request.digest(model: model)), limit: 64 << 20) else {
            return nil
        }
        return try? Completion(response: bytes)
    }

    /// Keeps a response's body as it came.
    func keep(_ body: [UInt8], as request: CompletionRequest, model: String) {
        guard (try? Directories.create(directory)) != nil else { return }
        try? FileReplacement.write(body, to: path(request.digest(model: model)))
    }
}
