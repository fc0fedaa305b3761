import JSONLines
import Personalization
import RolloutCore
import RunStore

extension PreparedRun {
    /// The prompts as the run's database shows them.
    var promptRows: [PromptRow] {
        Split.allCases.flatMap { split in
            (prompts[split] ?? []).enumerated().map { index, prompt in
                PromptRow(
                    split: split, index: UInt32(index), task: prompt.example.task.rawValue, user: prompt.example.user,
                    example: prompt.example.id, input: prompt.example.input, text: prompt.text,
                    reference: prompt.example.output, documents: Self.json(prompt.documents),
                    profile: Self.json(prompt.example.profile),
                    rationale: prompt.rationale.isEmpty ? nil : prompt.rationale)
            }
        }
    }

    private static func json(_ documents: [Document]) -> String {
        JSON.array(
            documents.map { document in
                var object = JSONObject()
                object["title"] = .string(document.title)
                object["text"] = .string(document.text)
                if let rating = document.rating { object["rating"] = .number(rating) }
                return .object(object)
            }
        ).serialized()
    }
}
