import Foundation
import Testing

@testable import Configuration

@Suite struct ConfigurationReaderTests {
    @Test func whatIsNotGivenHasItsDefault() throws {
        var expected = RunConfiguration()
        expected.data.directory = "/corpus"
        expected.model.base = "/base"
        #expect(try read("") == expected)
        #expect(try read("# only a comment\n") == expected)
    }

    @Test func everyKindOfValueIsRead() throws {
        let configuration = try read(
            """
            run: {name: no, seed: 18446744073709551615}   # `no` is a name here
            mode: rest-em
            iterations: 5
            data:
              tasks: [email_completion, topic_writing]
              train: 100
              test: all
              shuffleProfiles: 0.5
            fineTuning: {steps: 40, clip: none, optimizer: adafactor, learningRate: 5e-6}
            training: {startsFrom: previous}
            selection:
              threshold: {marginOverFirst: -0.05}
            evaluation: {splits: [test]}
            """)
        #expect(configuration.run.name == "no")
        #expect(configuration.run.seed == .max)
        #expect(configuration.run.mode == .restEM)
        #expect(configuration.data.tasks == ["email_completion", "topic_writing"])
        #expect(configuration.data.train == 100)
        #expect(configuration.data.test == 0)
        #expect(configuration.fineTuning.length == .steps(40))
        #expect(configuration.fineTuning.clip == 0)
        #expect(configuration.fineTuning.learningRate == 5e-6)
        #expect(configuration.training.length == RunConfiguration.Recipe().length)
        #expect(configuration.startsFrom == .previous)
        #expect(configuration.selection.threshold == .marginOverFirst(-0.05))
        #expect(configuration.evaluation.splits == ["test"])
    }

    @Test func laterLayersWinKeyByKey() throws {
        let yaml =
            "sampling: {samplesPerPrompt: 4, topK: 10}\ntraining: {epochs: 2}\nselection: {threshold: {absolute: 1}}\n"
        let configuration = try read(
            yaml, set: "sampling.samplesPerPrompt=16", "training.steps=30", "selection.threshold.quantile=0.5",
            "data.tasks=[email_completion]")
        #expect(configuration.sampling.samplesPerPrompt == 16)
        #expect(configuration.sampling.topK == 10)
        #expect(configuration.training.length == .steps(30))
        #expect(configuration.selection.threshold == .quantile(0.5))
        #expect(configuration.data.tasks == ["email_completion"])
    }

    @Test func pathsAreRelativeToWhereTheyAreNamed() throws {
        let here = FileManager.default.currentDirectoryPath
        #expect(try read("data: {directory: ../corpus}").data.directory == "/corpus")
        #expect(try read("data: {directory: /a/./b/../c/}").data.directory == "/a/c")
        #expect(try read("", set: "data.directory=x/y").data.directory == here + "/x/y")
        #expect(try read("run: {directory: runs/a}").run.directory == here + "/runs/a")
        var reader = ConfigurationReader()
        try reader.add(yaml: "model: {base: ../base}\ndata: {directory: .}", file: "cluster/runs/a.yaml")
        #expect(try reader.configuration().model.base == here + "/cluster/base")
        #expect(try reader.configuration().data.directory == here + "/cluster/runs")
    }

    @Test func aFileThatIsMissingIsNamed() {
        var reader = ConfigurationReader()
        let error = #expect(throws: (any Error).self) { try reader.add(file: "/nowhere/run.yaml") }
        #expect(error.map { "\($0)" }?.contains("/nowhere/run.yaml") == true)
    }

    @Test func requiredKeysAreAskedFor() throws {
        var reader = ConfigurationReader()
        try reader.add(yaml: "model: {base: x}\n", file: "a.yaml")
        let error = #expect(throws: ConfigurationError.self) { try reader.configuration() }
        #expect(error?.key == "data.directory")
        #expect(error?.description.hasPrefix("a.yaml: data.directory is missing (") == true)
        #expect(error?.description.contains("--set data.directory=VALUE") == true)
    }

    @Test(arguments: [
        (
            "sampling:\n  samplesPerPromt: 4\n",
            "/here/a.yaml:2:3: 'samplesPerPromt' is not a key of sampling: did you mean sampling.samplesPerPrompt?"
        ),
        ("samplng:\n  topK: 4\n", "/here/a.yaml:1:1: 'samplng' is not a key: did you mean sampling?"),
        (
            "temperature: 1\n",
            "/here/a.yaml:1:1: 'temperature' is not a key: it belongs to rationale.temperature or sampling.temperature."
        ),
        ("model:\n  zzzzzzzzzzz: 1\n", "/here/a.yaml:2:3: 'zzzzzzzzzzz' is not a key of model: there are base."),
        (
            "sampling: 3\n",
            "/here/a.yaml:1:11: sampling must be a section of keys (samplesPerPrompt, temperature, topP, topK, maxNewTokens, every, promptsPerTask), not '3'."
        ),
        (
            "reward: {a: 1}\n",
            "/here/a.yaml:1:10: 'a' is not a key of reward: there are metric, mix, wordNet, command, directory, timeoutSeconds, external, judge, checkpoint, endpoint, scoreFrom, attempts."
        ),
    ])
    func unknownKeysNameTheNearest(yaml: String, expected: String) {
        #expect(sentence(yaml) == expected)
    }

    @Test(arguments: [
        ("sampling:\n  topP: 0\n", "/here/a.yaml:2:9: sampling.topP must be a number above 0, at most 1, not '0'."),
        (
            "sampling: {samplesPerPrompt: 8.5}",
            "/here/a.yaml:1:30: sampling.samplesPerPrompt must be a whole number from 1 to 4096, not '8.5'."
        ),
        (
            "sampling: {temperature: nan}",
            "/here/a.yaml:1:25: sampling.temperature must be a number above 0, at most 10, a list of such numbers, or {from: A, step: B}, not 'nan'."
        ),
        (
            "mode: rest_pg\n",
            "/here/a.yaml:1:7: mode must be rest-pg, rest-em, sft-reasoning, sft or zeroshot, not 'rest_pg' (did you mean rest-pg?)."
        ),
        ("iterations:\n", "/here/a.yaml:1:12: iterations must be a whole number from 1 to 1000, not empty."),
        ("data: {train: -1}", "/here/a.yaml:1:15: data.train must be a whole number, at least 1, or 'all', not '-1'."),
        // What means all is said in a word.
        ("data: {test: 0}", "/here/a.yaml:1:14: data.test must be a whole number, at least 1, or 'all', not '0'."),
        (
            "sampling: {topK: 0}",
            "/here/a.yaml:1:18: sampling.topK must be a whole number from 1 to 1000000, or 'all', not '0'."
        ),
        (
            "data: {tasks: []}",
            "/here/a.yaml:1:15: data.tasks must be a list of product_review, abstract_generation, topic_writing, email_completion or commit_writing, or 'all', not a list of nothing."
        ),
        (
            "data: {tasks: [email_completion, topic_writting]}",
            "/here/a.yaml:1:15: data.tasks must be a list of product_review, abstract_generation, topic_writing, email_completion or commit_writing, or 'all', not a list with 'topic_writting' (did you mean topic_writing?)."
        ),
        (
            "data: {tasks: [email_completion, email_completion]}",
            "/here/a.yaml:1:15: data.tasks must be a list of product_review, abstract_generation, topic_writing, email_completion or commit_writing, or 'all', not a list with 'email_completion' (given twice)."
        ),
        (
            "selection: {threshold: 0.5}",
            "/here/a.yaml:1:24: selection.threshold must be one of {absolute: R}, {quantile: Q} or {marginOverFirst: D}, not '0.5'."
        ),
        (
            "selection: {threshold: {quantil: 0.5}}",
            "/here/a.yaml:1:24: selection.threshold must be one of {absolute: R}, {quantile: Q} or {marginOverFirst: D}, not a section with 'quantil' (did you mean quantile?)."
        ),
        (
            "selection: {threshold: {quantile: 1}}",
            "/here/a.yaml:1:24: selection.threshold must be one of {absolute: R}, {quantile: Q} or {marginOverFirst: D}, not a section: quantile must be a number at least 0 and below 1, a list of such numbers, or {from: A, step: B}, not '1'."
        ),
        (
            "run: {name: a/b}",
            "/here/a.yaml:1:13: run.name must be a word of letters, digits, '.', '_' and '-', not 'a/b' (it is the name of a folder)."
        ),
        (
            "run: {seed: \"1\"}",
            "/here/a.yaml:1:13: run.seed must be a whole number from 0 to 18446744073709551615, not the text \"1\"."
        ),
    ])
    func wrongValuesSayWhatIsExpected(yaml: String, expected: String) {
        #expect(sentence(yaml) == expected)
    }

    @Test(arguments: ["tcp://127.0.0.1:99999", "tcp://:5555", "127.0.0.1:5555", "tcp://host", "tcp://a:b"])
    func anEndpointThatCannotBeIsRefused(text: String) {
        #expect(sentence("cluster: {endpoint: \"\(text)\"}").contains("cluster.endpoint must be an address"))
        #expect(sentence("cluster: {endpoint: \"tcp://[::]:5555\"}") == "")
    }

    @Test(arguments: [
        ("ftp://a/v1", "http"), ("http://", "names no server"), ("http://a:99999/v1", "'99999' is no port"),
        ("http://a:99999999999999999999/v1", "is no port"), ("http://a:/v1", "is no port"),
        ("http://[::1]:0/v1", "is no port"),
        ("http://user:secret@a/v1", "keyFile"), ("http://a/v1?key=x", "ends with its path"), ("http:a", "http"),
    ])
    func aServerThatCannotBeIsRefused(url: String, hint: String) {
        let sentence = sentence("engines: {sampler: {kind: vllm, endpoint: {url: \"\(url)\", model: m}}}")
        #expect(sentence.contains("engines.sampler.endpoint.url must be a URL"), "\(sentence)")
        #expect(sentence.contains(hint), "\(sentence)")
    }

    @Test func aRewardIsReadAsScorersReadIt() {
        #expect(sentence("reward: rougeM\n").contains("did you mean"))
        #expect(sentence("reward: 0.5*rouge1+0.5*rougeL\n") == "")
    }

    @Test func aRewardIsAMetricAMixACommandOrOfOtherNodes() throws {
        #expect(try read("reward: {metric: rouge1}\n").reward.source == .metric("rouge1"))
        let mix = try read("reward: {mix: {rougeL: 0.7, rouge1: 0.3}}\n").reward
        #expect(mix.source == .metric("0.7*rougeL+0.3*rouge1") && mix.isBuiltIn)
        let command = try read(
            "reward: {command: [python3, -u, a b.py], timeoutSeconds: 5, directory: judges}\n"
        ).reward
        #expect(command.source == .command(["python3", "-u", "a b.py"]) && command.timeoutSeconds == 5)
        #expect(command.directory == "/here/judges" && !command.isBuiltIn)
        #expect(command.name == "command: python3 -u a b.py")
        #expect(try read("reward: {external: mine}\n").reward.source == .external("mine"))
        // A later layer replaces the source.
        #expect(try read("reward: {command: [x]}\n", set: "reward=rouge2").reward.source == .metric("rouge2"))
        #expect(try read("reward: rouge2\n", set: "reward.command=[x, y]").reward.source == .command(["x", "y"]))
    }

    @Test(arguments: [
        ("reward: {metric: rouge1, command: [x]}\n", "exclude each other"),
        ("reward: {metric: rouge1, timeoutSeconds: 5}\n", "does nothing without reward.command"),
        ("reward: {metric: rouge1, wordNet: /w}\n", "does nothing without the metric meteor"),
        ("mode: rest-em\nreward: rougeL+reasoned\n", "reasoned is always 0 in mode rest-em"),
        ("reward: {mix: {rougeM: 1}}\n", "did you mean 'rouge1'"),
        ("reward: {mix: {rougeL: much}}\n", "The weight 'much'"),
        ("reward: {mix: rougeL}\n", "metrics with their weights"),
        ("reward: {command: python3}\n", "a program and its arguments"),
        ("reward: {command: []}\n", "a program and its arguments"),
        ("reward: {external: a b}\n", "white space"),
        ("reward: {external: mine}\ncluster: {scorers: 2}\n", "cluster.scorers does nothing with reward.external"),
    ])
    func rewardsAreRefusedWithAReason(yaml: String, words: String) {
        #expect(sentence(yaml).contains(words), "\(sentence(yaml))")
    }

    @Test func flagsHaveTheSameErrors() {
        #expect(
            sentence("", set: "sampling.topK=many").hasPrefix(
                "--set sampling.topK=many: sampling.topK must be a whole number"))
        #expect(sentence("", set: "sampling.topk=3").hasSuffix("did you mean sampling.topK?"))
        #expect(sentence("", set: "sampling.topK").contains("key=value"))
        #expect(sentence("", set: "sampling..topK=3").contains("is not a key"))
        #expect(sentence("", set: "sampling.topK=[").contains("this is not YAML"))
        #expect(sentence("", set: "run.name=").contains("run.name must be"))
    }

    @Test func alternativesExcludeEachOtherWithinALayer() {
        #expect(
            sentence("training:\n  epochs: 2\n  steps: 3\n")
                == "/here/a.yaml:3:3: training.steps and training.epochs exclude each other: keep one.")
        #expect(sentence("training: {epochs: 2}", set: "training.steps=3") == "")
    }

    @Test(arguments: [
        ("mode: sft\nselection:\n  cap: 3\n", "selection.cap", "in mode sft, which has no E-step"),
        ("mode: sft\niterations: 2\n", "iterations", "in mode sft, which has no E-step"),
        (
            "mode: sft-reasoning\ntraining: {epochs: 2}\n", "training.epochs",
            "in mode sft-reasoning, which has no E-step"
        ),
        ("mode: rest-em\nrationale: {source: profile}\n", "rationale.source", "in mode rest-em"),
        ("rationale: {temperature: 0.5}\n", "rationale.temperature", "with rationale.source profile"),
        (
            "rationale: {source: checkpoint, checkpoint: x, endpoint: {concurrency: 2}}\n",
            "rationale.endpoint.concurrency", "with rationale.source checkpoint"
        ),
        ("mode: zeroshot\nfineTuning: {epochs: 1}\n", "fineTuning.epochs", "in mode zeroshot, which trains nothing"),
        ("mode: zeroshot\ndata: {train: 9}\n", "data.train", "in mode zeroshot"),
        ("personalization: {retriever: none, documents: 3}\n", "personalization.documents", "with retriever none"),
        (
            "personalization: {dense: {similarity: cosine}}\n", "personalization.dense.similarity",
            "with retriever bm25"
        ),
        (
            "personalization: {retriever: dense, bm25: {k1: 2}, dense: {model: x}}\n", "personalization.bm25.k1",
            "with retriever dense"
        ),
        ("selection: {threshold: {absolute: 0.5}, scope: prompt}\n", "selection.scope", "with an absolute threshold"),
        ("selection: {keep: best, cap: 3}\n", "selection.cap", "with keep best, which takes one of each prompt"),
        ("selection: {keep: best, threshold: {absolute: 0}}\n", "selection.threshold", "with keep best"),
        ("selection: {weighting: filter, beta: 0.2}\n", "selection.beta", "with weighting filter"),
        ("mode: sft\nevaluation: {patience: 1}\n", "evaluation.patience", "in mode sft, which has no E-step"),
        ("mode: sft\ntraining: {referenceWeight: 1}\n", "training.referenceWeight", "in mode sft"),
        (
            "evaluation: {splits: [test], patience: 1}\n", "evaluation.patience",
            "while evaluation.splits does not hold validation"
        ),
        (
            "evaluation: {splits: none, decodings: greedy}\n", "evaluation.decodings",
            "while evaluation.splits is empty"
        ),
        (
            "evaluation: {splits: [test]}\ndata: {validation: 5}\n", "data.validation",
            "while evaluation.splits does not hold validation"
        ),
    ])
    func whatDoesNothingIsRefused(yaml: String, key: String, reason: String) {
        #expect(sentence(yaml).contains("\(key) does nothing \(reason)"))
        #expect(sentence(yaml).hasSuffix(": remove it."))
    }

    @Test func denseRetrievalNeedsAnEncoder() throws {
        #expect(sentence("personalization: {retriever: dense}\n").contains("personalization.dense.model is missing"))
        let configuration = try read("personalization: {retriever: dense, dense: {model: ../x}}\n")
        #expect(configuration.personalization.dense.model == "/x")
        #expect(configuration.personalization.dense.maxTokens == 0)
        #expect(
            try read("personalization: {retriever: dense, dense: {model: x}}\n", set: "personalization.retriever=bm25")
                .personalization.dense.model == "")
    }

    @Test func aLaterLayerSilencesAnEarlierOne() throws {
        let yaml = "mode: rest-pg\niterations: 4\nselection: {cap: 3}\ntraining: {epochs: 9}\n"
        let configuration = try read(yaml, set: "mode=sft")
        #expect(configuration.selection == RunConfiguration.Selection())
        #expect(configuration.training == RunConfiguration.Recipe())
        #expect(configuration.run.iterations == 0)
        #expect(
            sentence(yaml, set: "mode=sft", "selection.cap=2").contains(
                "--set selection.cap=2: selection.cap does nothing"))
        #expect(sentence("mode: sft\n", set: "selection.cap=2").contains("does nothing"))
        let asking = "rationale: {source: endpoint, endpoint: {url: http://x/v1, model: m}, attempts: 2}\n"
        #expect(try read(asking, set: "mode=rest-em").rationale == RunConfiguration.Rationale())
        #expect(try read(asking, set: "rationale.source=profile").rationale == RunConfiguration.Rationale())
        #expect(sentence("mode: sft\n", set: "mode=rest-pg", "selection.cap=2") == "")
    }

    @Test func conflictsNameTheLastOfTheirKeys() {
        #expect(
            sentence("cluster: {leaseSeconds: 2}\n", set: "cluster.heartbeatSeconds=1").hasPrefix(
                "--set cluster.heartbeatSeconds=1: cluster.leaseSeconds (2) must be at least three times"))
        #expect(sentence("mode: zeroshot\nevaluation: {splits: none}\n").contains("has nothing to do"))
        #expect(
            sentence("rationale: {source: checkpoint}\n")
                == "/here/a.yaml:1:13: rationale.source checkpoint needs rationale.checkpoint, a model's directory.")
        #expect(sentence("rationale: {source: endpoint}\n").contains("rationale.endpoint.url is not set"))
        #expect(
            sentence("rationale: {source: endpoint, endpoint: {url: http://x}}\n").contains(
                "rationale.endpoint.model is not set"))
    }

    @Test(arguments: [
        ("sampling: {every: 4}\n", "sampling.every (4) is more than the run's 3 iterations."),
        ("sampling: {temperature: [1, 2, 3, 4]}\n", "sampling.temperature has 4 values for 3 E-steps"),
        (
            "sampling: {temperature: [1, 2], every: 3}\nselection: {threshold: {quantile: [0.1, 0.2, 0.3]}}\n",
            "sampling.temperature has 2 values for 1 E-steps"
        ),
        ("iterations: 1\nsampling: {temperature: {from: 1, step: 0.1}}\n", "rises, but there is only one"),
        ("sampling: {temperature: {from: 1, step: -0.5}}\n", "sampling.temperature reaches 0 in number 3"),
        ("selection: {threshold: {quantile: [0.1, 0.2, 0.3, 0.4]}}\n", "selection.threshold has 4 values for 3"),
        ("selection: {threshold: {quantile: {from: 0.8, step: 0.1}}}\n", "selection.threshold reaches 1"),
        ("evaluation: {patience: 3}\n", "evaluation.patience (3) can never end a run of 3 iterations early"),
        ("sampling: {every: 2}\n", "iterations 1 and 2 would learn the same from the base"),
        ("sampling: {every: 2}\nselection: {keep: best}\n", "iterations 1 and 2 would learn the same from the base"),
        (
            "iterations: 4\nsampling: {every: 2}\nselection: {threshold: {quantile: [0.1, 0.2]}}\n",
            "iterations 3 and 4 would learn the same from the base"
        ),
    ])
    func settingsByIterationHaveToFitTheIterations(yaml: String, expected: String) {
        #expect(sentence(yaml).contains(expected))
    }

    @Test func settingsByIterationAreReadInEveryForm() throws {
        let configuration = try read(
            """
            iterations: 4
            sampling: {temperature: [0.7, 0.9], every: 2}
            selection: {threshold: {marginOverFirst: {from: 0.05, step: 0.05}}}
            evaluation: {decodings: [greedy, {temperature: 0.1, topP: 0.9, samples: 2}], patience: 2}
            training: {referenceWeight: none}
            """)
        #expect(configuration.sampling.temperature.values(3) == [0.7, 0.9, 0.9])
        #expect(configuration.selection.threshold == .marginOverFirst(.rising(from: 0.05, step: 0.05)))
        #expect(configuration.evaluation.decodings == [.greedy, .init(temperature: 0.1, topP: 0.9, samples: 2)])
        #expect(
            configuration.evaluation.decodings.map(\.description) == [
                "greedy", "temperature 0.1, top-p 0.9, 2 samples",
            ])
        #expect(try read("sampling: {every: 3}\ntraining: {startsFrom: previous}\n").sampling.every == 3)
    }

    @Test(arguments: [
        ("greed", "not 'greed'"), ("{topP: 0.9}", "a section without temperature"),
        ("{temperature: 0}", "temperature must be a number above 0, at most 10, not '0'"),
        ("{temprature: 1}", "with 'temprature' (did you mean temperature?)"), ("[]", "not a list of nothing"),
        ("[greedy, greedy]", "with 'greedy' (given twice)"),
    ])
    func whatIsNoDecodingIsRefused(value: String, expected: String) {
        let text = sentence("evaluation: {decodings: \(value)}\n")
        #expect(text.contains("evaluation.decodings must be greedy or {temperature: T, topP: P, samples: N}"))
        #expect(text.contains(expected))
    }
}
