import Testing

@testable import Configuration

@Suite struct EnginesTests {
    private static let server = "endpoint: {url: http://x/v1, model: m}, directory: /policies"

    private func said(_ engines: String) -> String { sentence("engines: {\(engines)}\n") }

    @Test func whatIsMissingIsNamed() {
        #expect(said("sampler: {kind: sglang}").contains("engines.sampler.endpoint.url is not set"))
        #expect(
            said("sampler: {kind: sglang, endpoint: {url: http://x/v1, model: m}}")
                .contains("engines.sampler.directory is not set"))
        #expect(
            said("sampler: {kind: vllm, \(Self.server)}")
                .contains(
                    "engines.sampler.kind vllm has no route that loads a policy: give engines.sampler.reloadCommand"))
        #expect(
            said("sampler: {kind: server, \(Self.server), reloadCommand: [load]}")
                .contains("engines.sampler.kind server needs engines.sampler.check.path"))
        #expect(said("learner: {kind: command}").contains("needs engines.learner.command"))
        #expect(said("sampler: {kind: sglang, \(Self.server)}").isEmpty)
        #expect(said("sampler: {kind: vllm, \(Self.server), reloadCommand: [load]}").isEmpty)
        #expect(
            said("sampler: {kind: sglang, \(Self.server), writes: adapter}")
                .contains(
                    "'m' names no adapter: with engines.sampler.writes adapter it holds {policy}, as in 'm:{policy}'"))
    }

    @Test func adaptersNeedALearnerThatTrainsThem() {
        let sampler =
            "sampler: {kind: server, \(Self.server), writes: adapter, reload: {path: /load}, check: {path: /held}}"
        #expect(said(sampler).contains("engines.sampler.writes adapter needs a learner that trains adapters"))
        #expect(said("\(sampler), learner: {kind: command, command: [train]}").isEmpty)
    }

    @Test func whatIsSaidTwiceOrInVainIsNamed() {
        #expect(
            said("sampler: {kind: vllm, \(Self.server), reloadCommand: [load], reload: {path: /load}}")
                .contains("exclude each other"))
        #expect(said("sampler: {prompts: text}").contains("does nothing with engines.sampler.kind reprise"))
        #expect(said("learner: {command: [train]}").contains("does nothing with engines.learner.kind reprise"))
        #expect(said("sampler: {kind: vlm}").contains("did you mean vllm?"))
        #expect(said("sampler: {kind: sglang, \(Self.server), reload: {body: '{x'}}").contains("it is not JSON"))
        #expect(said("sampler: {kind: sglang, \(Self.server), check: {path: held}}").contains("it begins with /"))
    }

    @Test func presetsAreWhatServersDocument() throws {
        let sglang = try read("engines: {sampler: {kind: sglang, \(Self.server)}}\n").engines.sampler
        #expect(sglang.reloadRoute?.method == .post && sglang.reloadRoute?.path == "/update_weights_from_disk")
        #expect(sglang.checkRoute?.path == "/get_model_info" && sglang.checkRoute?.value == "{policy}")
        let own = try read(
            "engines: {sampler: {kind: sglang, \(Self.server), reload: {path: /mine}, check: {path: /held}}}\n"
        ).engines.sampler
        #expect(own.reloadRoute?.path == "/mine" && own.reloadRoute?.body == "")
        #expect(own.checkRoute?.path == "/held" && own.checkRoute?.member == "")
        let vllm = try read(
            "engines: {sampler: {kind: vllm, \(Self.server), reloadCommand: [load]}}\n"
        ).engines.sampler
        #expect(vllm.reloadRoute == nil && vllm.checkRoute?.member == "data.0.id")
        for (kind, path) in [("vllm", "/v1/load_lora_adapter"), ("sglang", "/load_lora_adapter")] {
            let server = "endpoint: {url: http://x/v1, model: '{policy}'}, directory: /policies"
            let sampler = "kind: \(kind), \(server), writes: adapter"
            let learner = "kind: command, command: [train]"
            let engine = try read("engines: {sampler: {\(sampler)}, learner: {\(learner)}}\n").engines.sampler
            #expect(engine.reloadRoute?.path == path && engine.reloadRoute?.body.contains("lora_name") == true)
            #expect(engine.checkRoute?.path == "/v1/models" && engine.checkRoute?.member == "")
        }
    }

    /// Runs without engines have the digest they always had; those with engines have others.
    @Test func onlyEnginesInUseAreLearnedFrom() throws {
        let plain = try read("")
        let keys = RunConfiguration.keys.filter {
            $0.path.hasPrefix("engines.") && $0.isLearned && $0.hasMeaning(in: plain)
        }
        #expect(keys.isEmpty)
        let served = try read("engines: {sampler: {kind: sglang, \(Self.server)}}\n")
        let other = try read("engines: {sampler: {kind: sglang, \(Self.server), prompts: text}}\n")
        let elsewhere = try read("engines: {sampler: {kind: sglang, \(Self.server), keep: 9, reloadSeconds: 1}}\n")
        let trained = try read("engines: {learner: {kind: command, command: [train]}}\n")
        let digests = [plain, served, other, trained].map(\.learningDigest)
        #expect(Set(digests).count == 4 && elsewhere.learningDigest == served.learningDigest)
    }
}
