import Foundation
import JSONLines
import Testing

@testable import Configuration

@Suite struct RunConfigurationSchemaTests {
    private let schema = RunConfiguration.schema

    /// The schema of a key, headings followed downwards.
    private func schema(of path: String) -> JSON? {
        var place: JSON? = schema
        for name in path.split(separator: ".") {
            // Where a single value may stand for a section, the section is the last choice.
            place = (place?["anyOf"]?.array?.last ?? place)?["properties"]?[String(name)]
        }
        return place
    }

    @Test func everyKeyIsThereAndNoOther() {
        for key in RunConfiguration.keys {
            #expect(schema(of: key.path)?["description"] == .string(key.summary), "\(key.path)")
        }
        #expect(leaves(schema) == RunConfiguration.keys.count)
    }

    private func leaves(_ schema: JSON?) -> Int {
        if schema?["description"] != nil { return 1 }
        let section = schema?["anyOf"]?.array?.last ?? schema
        return section?["properties"]?.object?.values.reduce(0) { $0 + leaves($1) } ?? 0
    }

    @Test func valuesHaveTheirBoundsAndDefaults() {
        #expect(
            schema(of: "sampling.topP") == [
                "type": "number", "exclusiveMinimum": 0.0, "maximum": 1.0,
                "description": "nucleus mass; 1 keeps everything", "default": 1,
            ])
        #expect(schema(of: "personalization.retriever")?["enum"]?.array?.contains("dense") == true)
        #expect(schema(of: "cluster.slots")?["maximum"] == 1024)
        #expect(schema(of: "data.directory")?["default"] == nil)
        #expect(schema(of: "selection.threshold")?["default"]?["quantile"] != nil)
    }

    @Test func whatExcludesEachOtherIsSaid() {
        let pairs = schema(of: "training")?["allOf"]?.array
        #expect(pairs == [["not": ["required": ["epochs", "steps"]]]])
        #expect(schema["allOf"] == [["not": ["required": ["mode", "modes"]]]])
    }

    @Test func oneValueMayStandForTheReward() {
        #expect(schema["properties"]?["reward"]?["anyOf"]?[0]?["type"] == "string")
    }
}
