import Personalization
import Rewards

// Words whose meaning lives in other modules.

extension Kind where Value == String {
    /// A task of the data.
    static var dataTask: Kind { word(among: WritingTask.allCases.map(\.rawValue)) }

    /// A wording of prompts.
    static var wording: Kind { word(among: TemplateWording.named.map(\.name)) }

    /// A reward as scorers read it.
    static let reward = text("a metric such as rougeL, or a sum such as 0.5*rouge1+0.5*rougeL") { text in
        do throws(RewardError) {
            _ = try RewardSpecification(text)
            return nil
        } catch {
            return error.description
        }
    }
}
