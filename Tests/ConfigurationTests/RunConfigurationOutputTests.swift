import Digests
import Foundation
import Testing

@testable import Configuration

@Suite struct RunConfigurationOutputTests {
    /// Configurations far from the defaults, every mode.
    static let samples = RunConfiguration.Mode.allCases.flatMap { mode in
        [
            "mode: \(mode.rawValue)\n",
            "mode: \(mode.rawValue)\nreward: {command: [python3, \"a b: c\", '-'], timeoutSeconds: 0.5}\n",
            "mode: \(mode.rawValue)\nreward: {external: my-reward}\n",
            """
            mode: \(mode.rawValue)
            run: {name: a-b_c.1, seed: 18446744073709551615, directory: /runs/x y}
            reward: 0.5*rouge1+0.25*rougeL
            data: {directory: "/weird: \\"path\\" # here\\n\\x01é", tasks: [commit_writing], shuffleProfiles: 0.1}
            personalization: {retriever: none, wording: standard, maxPromptTokens: 100}
            sampling: {promptsPerTask: 7}
            evaluation: {splits: none}
            cluster: {leaseSeconds: 33.3, endpoint: "tcp://0.0.0.0:5555"}
            """,
            """
            mode: \(mode.rawValue)
            rationale: {source: \(endpoint)}
            """,
            """
            mode: \(mode.rawValue)
            personalization: {retriever: dense, dense: {model: /encoders/mini, similarity: cosine, maxTokens: 256}}
            """,
            "mode: \(mode.rawValue)\npersonalization: {bm25: {k1: 0.9, b: 0.4, epsilon: 0}}\n",
            "mode: \(mode.rawValue)\nengines: {sampler: {\(server)}}\n",
            "mode: \(mode.rawValue)\nengines: {sampler: {\(restarted)}}\n",
        ]
    }.filter { !($0.contains("zeroshot") && $0.contains("none}")) }
        .filter { !$0.contains("rationale") || $0.contains("rest-pg") || $0.contains("sft-reasoning") }

    private static let endpoint = "endpoint, fallback: none, endpoint: {url: http://x/v1, model: m, keyFile: key}"

    private static let server = """
        kind: server, directory: /p, prompts: text, samplesPerRequest: 1, endpoint: {url: http://x/v1, model: m}, \
        reload: {method: PUT, path: /load, body: '{"path": "{directory}"}'}, check: {path: /held, value: '{weights}'}
        """
    private static let restarted = """
        kind: llama.cpp, directory: /p, endpoint: {url: http://x/v1, model: '{policy}'}, determinism: bit-exact, \
        reloadCommand: [serve, '{directory}']
        """

    private func again(_ configuration: RunConfiguration) throws -> RunConfiguration {
        var reader = ConfigurationReader()
        try reader.add(yaml: configuration.yaml, file: "/elsewhere/run.yaml")
        return try reader.configuration()
    }

    @Test(arguments: samples) func readsBackEqual(yaml: String) throws {
        let configuration = try read(yaml)
        #expect(try again(configuration) == configuration)
        #expect(try again(configuration).yaml == configuration.yaml)
        #expect(try again(configuration).learningDigest == configuration.learningDigest)
    }

    @Test func holdsEveryKeyThatHasAMeaning() throws {
        let configuration = try read("mode: rest-pg\n")
        let full = configuration.yaml
        for key in RunConfiguration.keys
        where key.alternatives.isEmpty && key.hasMeaning(in: configuration) {
            let name = key.path.split(separator: ".").last.map(String.init) ?? ""
            #expect(full.contains("\(name): "), "\(key.path) is not printed")
        }
        let dense = try read("personalization: {retriever: dense, dense: {model: /encoder}}\n").yaml
        #expect(dense.contains("\n  dense:\n    model: /encoder\n    similarity: dot\n    maxTokens: model\n"))
        #expect(!dense.contains("bm25"))
        let sft = try read("mode: sft\n").yaml
        #expect(!sft.contains("selection:"))
        #expect(!sft.contains("iterations"))
        #expect(sft.contains("  promptsPerTask: 4\n"))
        #expect(
            sft.contains("personalization:\n  retriever: bm25\n")
                && sft.contains("\n  bm25:\n    k1: 1.5\n    b: 0.75\n"))
    }

    @Test func theDigestCoversWhatIsLearned() throws {
        let reference = try read("")
        var digests: Set<Digest> = [reference.learningDigest]
        for change in [
            "run.seed=2", "mode=rest-em", "iterations=2", "data.train=5", "data.shuffleProfiles=1", "reward=rouge1",
            "personalization.documents=2", "personalization.bm25.k1=1.2", "fineTuning.epochs=1", "fineTuning.steps=1",
            "sampling.topP=0.5",
            "selection.threshold.absolute=0.75", "selection.threshold.marginOverFirst=0.75", "selection.cap=1",
            "training.startsFrom=previous", "training.gradientShards=3", "evaluation.decodings=greedy",
            "evaluation.decodings=[{temperature: 0.1}, greedy]", "evaluation.decodings={temperature: 0.1, topP: 0.9}",
            "evaluation.decodings={temperature: 0.1, samples: 4}", "evaluation.patience=1", "sampling.promptsPerTask=3",
            "sampling.temperature=[0.7, 0.8]", "sampling.temperature={from: 0.7, step: 0.1}", "selection.keep=best",
            "selection.threshold.quantile=[0.5, 0.75]", "selection.threshold.quantile={from: 0.5, step: 0.1}",
            "selection.weighting=filter", "selection.weighting=exponential", "training.referenceWeight=1",
            "rationale={source: checkpoint, checkpoint: x}",
            "rationale={source: \(Self.endpoint)}", "rationale={source: checkpoint, checkpoint: x, leakShare: 0.5}",
        ] {
            #expect(digests.insert(try read("", set: change).learningDigest).inserted, "\(change)")
        }
        for change in [
            "cluster.samplers=9", "cluster.leaseSeconds=90", "run.name=other", "run.directory=x", "data.directory=y",
            "model.base=z",
        ] {
            #expect(try read("", set: change).learningDigest == reference.learningDigest, "\(change)")
        }
    }

    @Test func theReferenceReadsAsTheDefaults() throws {
        let text = RunConfiguration.reference
        for key in RunConfiguration.keys { #expect(text.contains("# \(key.summary): \(key.kind)\n")) }
        // What is required is all that is left to write.
        let lines = text.split(separator: "\n").filter { !$0.hasSuffix("# required") }
        #expect(try read(lines.joined(separator: "\n")) == read(""))
        #expect(text.contains("\n  # seeds: # instead of run.seed\n"))
    }

    @Test func keysAreUniqueAndSectionsWhole() {
        let paths = RunConfiguration.keys.map(\.path)
        #expect(Set(paths).count == paths.count)
        var sections: [Substring] = []
        for path in paths {
            let section = path.prefix { $0 != "." }
            if sections.last != section {
                #expect(!sections.contains(section), "\(path) is apart from its section")
                sections.append(section)
            }
        }
        for key in RunConfiguration.keys {
            for condition in key.conditions { #expect(paths.contains(condition.cause), "\(key.path)") }
        }
    }
}
