import JSONLines
import Transformer

/// A training set as it travels: JSON Lines of `{"prompt": [ids], "completion": [ids], "weight": w}` in canonical order.
enum TrainingSet {
    /// The bytes of a training set; equal examples give equal bytes.
    static func bytes(_ examples: some Sequence<TrainingExample>) -> [UInt8] {
        var bytes: [UInt8] = []
        for example in examples { append(example, to: &bytes) }
        return bytes
    }

    /// Adds the line of one example.
    static func append(_ example: TrainingExample, to bytes: inout [UInt8]) {
        let line = JSON.object([
            "prompt": .array(example.prompt.map { .integer(Int64($0)) }),
            "completion": .array(example.completion.map { .integer(Int64($0)) }),
            "weight": .number(Double(example.weight)),
        ])
        bytes += line.serialized().utf8
        bytes.append(UInt8(ascii: "\n"))
    }

    /// The examples again.
    ///
    /// - Throws: `TaskError` that names the line.
    static func examples(_ bytes: [UInt8]) throws(TaskError) -> [TrainingExample] {
        var examples: [TrainingExample] = []
        do {
            var reader = JSONLinesReader(bytes: bytes, name: "training set")
            while let (line, value) = try reader.next() {
                guard let prompt = tokens(value["prompt"]), let completion = tokens(value["completion"]),
                    let weight = value["weight"]?.double
                else {
                    throw TaskError.deterministic("training set, line \(line): prompt, completion or weight is missing")
                }
                examples.append(TrainingExample(prompt: prompt, completion: completion, weight: Float(weight)))
            }
        } catch let error as TaskError {
            throw error
        } catch {
            throw .deterministic("\(error)")
        }
        return examples
    }

    private static func tokens(_ value: JSON?) -> [Int32]? {
        guard let array = value?.array else { return nil }
        var tokens: [Int32] = []
        tokens.reserveCapacity(array.count)
        for element in array {
            guard let token = element.integer.flatMap(Int32.init(exactly:)) else { return nil }
            tokens.append(token)
        }
        return tokens
    }
}
