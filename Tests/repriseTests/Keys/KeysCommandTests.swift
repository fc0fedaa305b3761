import Foundation
import Testing

/// `reprise keys`, and what coordinators and nodes make of what it made.
@Suite(.timeLimit(.minutes(5)))
struct KeysCommandTests {
    private let folder: Folder
    private var keys: String { folder("keys") }

    init() throws { folder = try Folder() }

    private func permissions(_ name: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: folder(name))[.posixPermissions] as? Int
    }

    @Test func keysAreMadeListedAndRevoked() async throws {
        let made = try await Binary.run(["keys", "init", keys])
        #expect(made.status == 0, "\(made.error)")
        let added = try await Binary.run(["keys", "add", keys, "sampler-1", "learner"])
        #expect(added.status == 0 && added.lines.count == 2, "\(added.error)")
        for (name, mode) in [
            ("keys", 0o700), ("keys/server.key", 0o600), ("keys/sampler-1.key", 0o600), ("keys/learner.key", 0o600),
            ("keys/public/server.pub", 0o644), ("keys/public/allowed", 0o644),
        ] { #expect(try permissions(name) == mode, "\(name)") }
        let revoked = try await Binary.run(["keys", "revoke", keys, "sampler-1"])
        #expect(revoked.status == 0, "\(revoked.error)")
        #expect(!folder.exists("keys/sampler-1.key"))
        let list = try await Binary.run(["keys", "list", keys]).lines.map { $0.split(separator: " ") }
        #expect(list.count == 4)
        #expect(list[2].first == "sampler-1" && list[2].last == "revoked")
        #expect(list[3].first == "learner" && list[3].last == "yes")
        // What it prints are names of files and public keys.
        for outcome in [made, added] {
            for file in ["server.key", "learner.key"] {
                let secret = try String(contentsOfFile: "\(keys)/\(file)", encoding: .utf8).prefix(40)
                #expect(!outcome.output.contains(secret) && !outcome.error.contains(secret))
            }
        }
    }

    @Test func whatCannotBeDoneIsSaid() async throws {
        try await Binary.run(["keys", "add", keys, "a"]).refused(65, "begin with reprise keys init")
        _ = try await Binary.run(["keys", "init", keys])
        try await Binary.run(["keys", "init", keys]).refused(65, "holds keys already")
        try await Binary.run(["keys", "add", keys, "../a"]).refused(65, "no name of a key")
        _ = try await Binary.run(["keys", "add", keys, "a"])
        try await Binary.run(["keys", "add", keys, "a"]).refused(65, "a has a key already")
        try await Binary.run(["keys", "revoke", keys, "b"]).refused(65, "those that may are a")
        try await Binary.run(["keys", "list", folder("none")]).refused(66, "none/public/allowed")
    }

    @Test func aNodeRefusesKeysThatAreNone() async throws {
        _ = try await Binary.run(["keys", "init", keys])
        _ = try await Binary.run(["keys", "add", keys, "a"])
        let node = ["scorer", "--connect", "tcp://127.0.0.1:9"]
        let (key, server) = ("\(keys)/a.key", "\(keys)/public/server.pub")
        try await Binary.run(node + ["--key", key + "x", "--server-key", server]).refused(66, "a.keyx")
        try await Binary.run(node + ["--key", key, "--server-key", "\(keys)/public/allowed"])
            .refused(65, "holds no public key")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: key)
        try await Binary.run(node + ["--key", key, "--server-key", server]).refused(65, "others can read", "chmod 600")
        let half = try await Binary.run(node + ["--key", key])
        #expect(half.status == 64 && half.error.contains("--key and --server-key go together"))
        let both = try await Binary.run(node + ["--keys", keys, "--name", "a", "--insecure"])
        #expect(both.status == 64)
        let nameless = try await Binary.run(node + ["--keys", keys])
        #expect(nameless.status == 64 && nameless.error.contains("give the node a name"))
    }

    @Test func namesAreAddedAllOrNone() async throws {
        let keys = folder("all")
        #expect(try await Binary.run(["keys", "init", keys]).status == 0)
        #expect(try await Binary.run(["keys", "add", keys, "a"]).status == 0)
        for names in [["b", "a"], ["b", "b"], ["b", "-"]] {
            #expect(try await Binary.run(["keys", "add", keys] + names).status != 0)
            #expect(!folder.exists("all/b.key"))
        }
        #expect(try await Binary.run(["keys", "revoke", keys, "a", "c"]).status == 65)
        #expect(folder.exists("all/a.key"))
        #expect(try await Binary.run(["keys", "add", keys, "b", "c"]).lines.count == 2)
    }

    @Test func nothingLeavesTheMachineInPlain() async throws {
        try await Binary.run(["scorer", "--connect", "tcp://192.0.2.1:7070"])
            .refused(64, "is on another machine", "--insecure")
        let runs = try await TinyRuns.shared.value
        let outcome = try await Binary.run([
            "coordinator", folder("run"), "--config", runs.configuration, "--endpoint", "tcp://0.0.0.0:0",
        ])
        #expect(outcome.status == 64)
        #expect(outcome.error.contains("can be reached from other machines: give a coordinator --keys"))
        #expect(!folder.exists("run"))
    }
}
