import Configuration
import Foundation
import Testing

/// The configurations that come with the repository.
@Suite struct ExampleConfigurationsTests {
    private var runs: URL {
        URL(filePath: #filePath).appending(path: "../../../cluster/runs").standardizedFileURL
    }

    @Test func theDemoIsComplete() throws {
        var reader = ConfigurationReader()
        try reader.add(file: runs.appending(path: "demo.yaml").path)
        let configuration = try reader.configuration()
        #expect(configuration.run.mode == .restPG)
        #expect(configuration.run.iterations == 3)
        #expect(configuration.data.directory.hasSuffix("/cluster/corpus"))
        #expect(configuration.model.base.hasSuffix("/cluster/base"))
    }

    @Test func theComparisonIsFourModesOnOneCorpus() throws {
        var reader = ConfigurationReader()
        try reader.add(file: runs.appending(path: "compare.yaml").path)
        let all = try reader.configurations()
        #expect(Set(all.map(\.run.mode)) == [.sft, .sftReasoning, .restEM, .restPG])
        #expect(all.count == 4 * Set(all.map(\.run.seed)).count)
        #expect(Set(all.map(\.data.directory)).count == 1 && Set(all.map(\.reward.name)).count == 1)
    }

    @Test func aJudgeGoesOverTheDemo() throws {
        var reader = ConfigurationReader()
        for name in ["demo.yaml", "judged.yaml"] { try reader.add(file: runs.appending(path: name).path) }
        let configuration = try reader.configuration()
        #expect(configuration.reward.source == .judge(.endpoint))
        #expect(configuration.reward.name == "judge: instruct")
        #expect(configuration.rationale.source == .endpoint)
        #expect(configuration.selection.threshold == .absolute(0.7))
    }

    @Test func enginesGoOverTheDemo() throws {
        var reader = ConfigurationReader()
        for name in ["demo.yaml", "engines.yaml"] { try reader.add(file: runs.appending(path: name).path) }
        let engines = try reader.configuration().engines
        #expect(engines.sampler.name == "sglang: policy" && engines.sampler.directory.hasSuffix("/policies"))
        #expect(engines.sampler.reloadRoute?.path == "/update_weights_from_disk")
        #expect(engines.sampler.checkRoute?.member == "weight_version")
        #expect(engines.learner.name == "command: python3 cluster/python/learner_torch.py")
        #expect(engines.sampler.determinism == .recordedOnly && engines.learner.determinism == .recordedOnly)
    }

    @Test func realDataHasToBeNamed() throws {
        var reader = ConfigurationReader()
        try reader.add(file: runs.appending(path: "longlamp.yaml").path)
        try reader.add(assignment: "model.base=/base")
        let error = #expect(throws: ConfigurationError.self) { try reader.configuration() }
        #expect(error?.key == "data.directory")
        try reader.add(assignment: "data.directory=/data")
        #expect(try reader.configuration().data.directory == "/data")
    }
}
