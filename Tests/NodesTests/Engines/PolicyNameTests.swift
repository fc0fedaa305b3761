import Digests
import JSONLines
import RolloutCore
import Testing

@testable import Nodes

@Suite struct PolicyNameTests {
    private let name: PolicyName
    private let weights = Digest.of("weights")

    init() {
        let policy = PolicyManifest(version: 3, base: Digest.of("base"), weights: weights, delta: nil)
        name = PolicyName(policy, in: "/policies")
    }

    @Test func namesCarryTheWeights() {
        #expect(name.text == "policy-3-\(weights.short)" && name.directory == "/policies/\(name.text)")
        #expect(PolicyName.isOne(name.text))
        for other in ["policy-3", "policy-x-\(weights.short)", "policy-3-short", "lock", "my-3-\(weights.short)"] {
            #expect(!PolicyName.isOne(other))
        }
    }

    @Test func placeholdersAreFilledOnceAndOthersStay() {
        #expect(name.fill("{policy}:{version}/{weights}") == "\(name.text):3/\(weights.short)")
        #expect(name.fill("{{version}} {nothing} {") == "{3} {nothing} {")
        let policy = PolicyManifest(version: 0, base: .zero, weights: .zero, delta: nil)
        #expect(PolicyName(policy, in: "/{version}").fill("{directory}").hasPrefix("/{version}/policy-0-"))
    }

    @Test func nothingFilledInIsTakenForStructure() throws {
        let odd = PolicyName(
            PolicyManifest(version: 1, base: .zero, weights: .zero, delta: nil), in: #"/a", "b": ["#)
        let template = try JSON.parse(#"{"model_path": "{directory}", "list": ["{version}", 7]}"#)
        let filled = odd.fill(template)
        #expect(filled["model_path"]?.string == odd.directory)
        #expect(filled["list"] == ["1", 7] && filled.object?.count == 2)
    }

    @Test func aCommandThatNamesNoPolicyGetsItsDirectory() {
        #expect(name.fill(command: ["load", "now"]) == ["load", "now", name.directory])
        #expect(name.fill(command: ["load", "--alias={policy}"]) == ["load", "--alias=\(name.text)"])
    }

    @Test(arguments: [
        (#"{"data": [{"id": "policy-3"}]}"#, "data.0.id", "policy-3"), (#"{"version": 3}"#, "version", "3"),
        (#"{"data": []}"#, "data.0.id", ""), ("<html>", "data", ""), ("policy-3\n", "", "policy-3\n"),
    ])
    func whatAServerShowsIsFound(body: String, member: String, shown: String) {
        #expect(PolicyServer.shown(Array(body.utf8), member: member) == shown)
    }
}
