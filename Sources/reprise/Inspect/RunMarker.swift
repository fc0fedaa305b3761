import Configuration
import Personalization

/// The line between reasoning and answer in a run's completions.
enum RunMarker {
    /// Empty where the run's mode does not reason.
    static func marker(yaml: String) throws -> String {
        var reader = ConfigurationReader()
        try reader.add(yaml: yaml, file: "run.yaml")
        let configuration = try reader.configuration()
        guard configuration.run.mode.reasons else { return "" }
        return TemplateWording(named: configuration.personalization.wording)?.answerMarker ?? ""
    }
}
