import Checkpoints
public import Digests

/// A training between two steps: weights, moments and what was reported so far.
///
/// Written as a safetensors file whose metadata holds the numbers, the key it belongs to (the digest of the training's
/// input) and a digest over all of it, so that a file that was cut short, flipped or put under another name is found out.
public struct TrainingState: Sendable, Equatable {
    /// Master weights in arena order.
    public var weights: [Float]
    /// Steps done and moments.
    public var optimizer: OptimizerState
    /// What was done so far.
    public var report: TrainingReport
    /// Time it took, as far as whoever saves it counts that.
    public var seconds = 0.0
}

extension TrainingState {
    private static let format = "reprise.training.v2"

    /// Writes the state durably, whole or not at all.
    /// - Throws: `FileError`.
    public func write(to path: String, key: Digest) throws {
        let tensors = try [
            ("weights", weights), ("first", optimizer.firstMoments), ("second", optimizer.secondMoments),
        ].filter { !$0.1.isEmpty }.map { name, values in
            try Tensor(name: name, shape: [values.count], elements: .float32(values))
        }
        let numbers = numbers
        try SafetensorsFile.write(
            tensors,
            metadata: [("format", Self.format), ("key", "\(key)"), ("digest", "\(digest(key: key))")]
                + Self.names.map { ($0, String(numbers[$0] ?? 0)) },
            to: path)
    }

    /// Reads a state that was written under this key.
    /// - Throws: `FileError`, `SafetensorsError` or `TrainingError` when the file is not one, damaged, or of another key.
    public init(file path: String, key: Digest) throws {
        let file = try SafetensorsFile(path: path)
        let metadata = Dictionary(file.metadata.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        guard metadata["format"] == Self.format, metadata["key"] == "\(key)" else {
            throw TrainingError("\(path) is not the saved state of this training.")
        }
        func number(_ name: String) throws(TrainingError) -> UInt64 {
            guard let number = metadata[name].flatMap({ UInt64($0) }) else {
                throw TrainingError("\(path) is damaged: its \(name) is no number.")
            }
            return number
        }
        func floats(_ name: String) throws -> [Float] { file.entry(name) == nil ? [] : try file.floats(name) }
        weights = try floats("weights")
        optimizer = OptimizerState(
            step: Int(clamping: try number("step")), firstMoments: try floats("first"),
            secondMoments: try floats("second"))
        report = TrainingReport(
            steps: Int(clamping: try number("steps")), tokens: Int(clamping: try number("tokens")),
            targetTokens: Int(clamping: try number("targetTokens")),
            firstLoss: Double(bitPattern: try number("firstLoss")),
            lastLoss: Double(bitPattern: try number("lastLoss")),
            isComplete: try number("isComplete") == 1)
        seconds = Double(bitPattern: try number("seconds"))
        guard metadata["digest"] == "\(digest(key: key))" else {
            throw TrainingError("\(path) is damaged: its content does not have the digest it states.")
        }
    }

    private static let names = [
        "step", "steps", "tokens", "targetTokens", "firstLoss", "lastLoss", "isComplete", "seconds",
    ]

    /// Doubles as their bits.
    private var numbers: [String: UInt64] {
        [
            "step": UInt64(optimizer.step), "steps": UInt64(report.steps), "tokens": UInt64(report.tokens),
            "targetTokens": UInt64(report.targetTokens), "firstLoss": report.firstLoss.bitPattern,
            "lastLoss": report.lastLoss.bitPattern, "isComplete": report.isComplete ? 1 : 0,
            "seconds": seconds.bitPattern,
        ]
    }

    private func digest(key: Digest) -> Digest {
        var digest = DigestBuilder(Self.format)
        digest.add(key)
        let numbers = numbers
        for name in Self.names { digest.add(numbers[name] ?? 0) }
        digest.add(weights)
        digest.add(optimizer.firstMoments)
        digest.add(optimizer.secondMoments)
        return digest.finish()
    }
}
