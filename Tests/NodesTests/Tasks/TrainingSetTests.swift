import RolloutCore
import Testing
import Transformer

@testable import Nodes

@Suite struct TrainingSetTests {
    @Test func examplesComeBack() throws {
        let examples = [
            TrainingExample(prompt: [1, 2, 70_000], completion: [3], weight: 0.1),
            TrainingExample(prompt: [], completion: [0, 9], weight: 1),
            TrainingExample(prompt: [5], completion: [], weight: 0),
        ]
        let bytes = TrainingSet.bytes(examples)
        #expect(try TrainingSet.examples(bytes) == examples)
        #expect(TrainingSet.bytes(try TrainingSet.examples(bytes)) == bytes)
    }

    @Test func theFormatIsJSONLines() {
        let bytes = TrainingSet.bytes([TrainingExample(prompt: [1], completion: [2, 3], weight: 0.5)])
        #expect(String(decoding: bytes, as: UTF8.self) == #"{"prompt":[1],"completion":[2,3],"weight":0.5}"# + "\n")
    }

    @Test func anEmptySetIsEmpty() throws {
        #expect(TrainingSet.bytes([TrainingExample]()).isEmpty)
        #expect(try TrainingSet.examples([]).isEmpty)
    }

    @Test(arguments: [
        #"{"completion":[1],"weight":1}"#, #"{"prompt":[1],"weight":1}"#, #"{"prompt":[1],"completion":[1]}"#,
        #"{"prompt":[1.5],"completion":[1],"weight":1}"#, #"{"prompt":[4294967296],"completion":[1],"weight":1}"#,
        #"{"prompt":"a","completion":[1],"weight":1}"#, "[]", "{",
    ])
    func aBadLineFailsTheSameEverywhere(line: String) throws {
        let good = #"{"prompt":[1],"completion":[2],"weight":1}"#
        let error = #expect(throws: TaskError.self) { try TrainingSet.examples(Array("\(good)\n\(line)\n".utf8)) }
        #expect(error?.failureClass == .deterministic)
        #expect(error?.description.contains("training set") == true)
        #expect(error?.description.contains("2") == true)
    }
}
