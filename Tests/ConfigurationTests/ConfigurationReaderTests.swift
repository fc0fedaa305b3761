import Configuration
import Testing

private func read(_ yaml: String, _ assignments: String...) throws -> RunConfiguration {
    var reader = ConfigurationReader()
    try reader.add(yaml: yaml, file: "runs/a.yaml")
    for assignment in assignments { try reader.add(assignment: assignment) }
    return try reader.configuration()
}

private func sentence(_ yaml: String, _ assignments: String...) -> String {
    do {
        var reader = ConfigurationReader()
        try reader.add(yaml: yaml, file: "runs/a.yaml")
        for assignment in assignments { try reader.add(assignment: assignment) }
        _ = try reader.configuration()
        return "no error"
    } catch {
        return "\(error)"
    }
}

@Suite struct ConfigurationReaderTests {
    @Test func anEmptyFileGivesTheDefaults() throws {
        #expect(try read("") == RunConfiguration())
    }

    @Test func laterLayersWin() throws {
        let configuration = try read("sampling:\n  samplesPerPrompt: 4\n", "sampling.samplesPerPrompt=16")
        #expect(configuration.sampling.samplesPerPrompt == 16)
    }

    @Test func pathsInFilesAreRelativeToTheFile() throws {
        let yaml = "data:\n  directory: ../corpus\nmodel:\n  base: /models/base\n"
        #expect(try read(yaml).data.directory == "runs/../corpus")
        #expect(try read(yaml).model.base == "/models/base")
        #expect(try read(yaml, "data.directory=here").data.directory == "here")
    }

    @Test func theResolvedTextReadsBackTheSame() throws {
        for mode in RunConfiguration.Mode.allCases {
            let yaml = "selection:\n  threshold:\n    marginOverFirst: 0.05\nfineTuning:\n  steps: 40\n"
            let configuration = try read(yaml, "mode=\(mode.rawValue)", "reward=0.5*rouge1+0.5*rougeL")
            var reader = ConfigurationReader()
            try reader.add(yaml: configuration.yaml, file: "run.yaml")
            let again = try reader.configuration()
            #expect(again.learningDigest == configuration.learningDigest)
            #expect(again.yaml == configuration.yaml)
        }
    }

    @Test func theLearningDigestIgnoresTheCluster() throws {
        let one = try read("", "cluster.samplers=1", "run.name=a")
        let three = try read("", "cluster.samplers=3", "run.name=b", "data.directory=elsewhere")
        #expect(one.learningDigest == three.learningDigest)
        #expect(try read("", "run.seed=2").learningDigest != one.learningDigest)
    }
}

@Suite struct ConfigurationErrorTests {
    @Test func anUnknownKeyNamesPlaceAndNearestKey() {
        #expect(
            sentence("sampling:\n  samplesPerPromt: 4\n")
                == "runs/a.yaml:2:3: there is no key `sampling.samplesPerPromt`; did you mean `sampling.samplesPerPrompt`?"
        )
        #expect(sentence("", "samplng.topK=3").hasPrefix("--set samplng.topK=3: there is no key `samplng.topK`"))
    }

    @Test func wrongTypesAndRangesSayWhatIsExpected() {
        #expect(
            sentence("sampling:\n  topK: many\n")
                == "runs/a.yaml:2:3: `sampling.topK` expects a whole number, not `many`")
        #expect(sentence("mode: best\n").contains("expects one of rest-pg, rest-em"))
        #expect(sentence("", "data.shuffleProfiles=2").contains("from 0.0 to 1.0"))
        #expect(sentence("sampling: 3\n").contains("`sampling` expects keys below it"))
        #expect(sentence("reward:\n  a: 1\n").contains("`reward` expects a value"))
    }

    @Test func aKeyTwiceIsRefused() {
        #expect(sentence("reward: rouge1\nreward: rougeL\n").contains("twice"))
    }

    @Test func brokenYAMLNamesTheLine() {
        #expect(sentence("data: [\n").contains("line"))
    }

    @Test func whatDoesNothingIsRefused() {
        #expect(sentence("mode: sft\nselection:\n  cap: 3\n").contains("`selection.cap` has no effect in mode sft"))
        #expect(sentence("mode: rest-em\npersonalization:\n  rationale: profile\n").contains("no effect"))
        // A mode on top of a file switches settings off.
        #expect(sentence("selection:\n  cap: 3\n", "mode=sft") == "no error")
    }

    @Test func alternativesExcludeEachOtherWithinALayer() {
        #expect(sentence("training:\n  epochs: 2\n  steps: 3\n").contains("exclude each other"))
        #expect(sentence("training:\n  epochs: 2\n", "training.steps=3") == "no error")
    }
}
