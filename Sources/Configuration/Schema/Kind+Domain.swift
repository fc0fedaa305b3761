import Personalization

// Words whose meaning lives in other modules.

extension Kind where Value == String {
    /// A task of the data.
    static var dataTask: Kind { word(among: WritingTask.allCases.map(\.rawValue)) }

    /// A wording of prompts.
    static var wording: Kind { word(among: TemplateWording.named.map(\.name)) }
}
