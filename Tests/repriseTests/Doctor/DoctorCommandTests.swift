import Foundation
import Testing

@Suite(.timeLimit(.minutes(5)))
struct DoctorCommandTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    /// The lines by their subject: the sign, and what follows.
    private func findings(_ outcome: Binary.Outcome) -> [String: (sign: Character, text: String)] {
        outcome.lines.reduce(into: [:]) { findings, line in
            let text = line.dropFirst(2)
            let subject = text.prefix { $0 != " " } == "core" ? "core type" : String(text.prefix { $0 != " " })
            findings[subject] = (line.first ?? " ", text.dropFirst(subject.count).trimmingCharacters(in: .whitespaces))
        }
    }

    @Test func aMachineIsDescribed() async throws {
        let outcome = try await Binary.run(["doctor", "--directory", folder.path])
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.error)")
        let found = findings(outcome)
        #expect(
            Set(found.keys) == ["libraries", "core type", "arithmetic", "threads", "memory", "clock", "disk"],
            "\(outcome.output)")
        for name in ["libzmq 4", "OpenBLAS 0.", "SQLite 3.", "libsodium 1.", "protobuf-c 1.", "zstd 1.", "zlib 1."] {
            #expect(found["libraries"]?.text.contains(name) == true, "\(outcome.output)")
        }
        #expect(found["clock"]?.text.hasPrefix("monotonic, in steps of") == true)
        #expect(found["disk"]?.text.contains("ms until a file is durable") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)

        let digest = try #require(found["arithmetic"]?.text.prefix(12))
        let same = try await Binary.run(["doctor", "--directory", folder.path, "--fingerprint", String(digest)])
        #expect(same.status == 0 && same.output.contains("as expected"))
        let other = try await Binary.run(["doctor", "--directory", folder.path, "--fingerprint", "0123"])
        #expect(other.status == 69 && findings(other)["arithmetic"]?.sign == "✗")
    }

    @Test func aDirectoryThatIsNotThereIsBad() async throws {
        let outcome = try await Binary.run(["doctor", "--directory", folder("none")])
        #expect(outcome.status == 69)
        #expect(findings(outcome)["disk"]?.text == "\(folder("none")) is no directory")
    }

    @Test func keysPortAndCoordinatorAreTried() async throws {
        let keys = folder("keys")
        for arguments in [["init", keys], ["add", keys, "a", "b"], ["revoke", keys, "b"]] {
            #expect(try await Binary.run(["keys"] + arguments).status == 0)
        }
        let runs = try await TinyRuns.shared.value
        let cluster = try SmallCluster(runs, "doctor", keys: keys)
        let doctor = ["doctor", "--directory", folder.path, "--endpoint", cluster.endpoint, "--keys", keys]
        let free = try await Binary.run(doctor)
        #expect(free.status == 0, "\(free.output)")
        #expect(findings(free)["keys"]?.text.contains("1 admitted (0 of their secrets elsewhere), 1 revoked") == true)

        let coordinator = try cluster.coordinator()
        try await eventually("it listens") { coordinator.errorSoFar.contains("listening") }
        let taken = try await Binary.run(doctor)
        #expect(taken.status == 69 && findings(taken)["port"]?.text.contains("is already in use") == true)

        let node = ["doctor", "--directory", folder.path, "--connect", cluster.endpoint]
        let admitted = try await Binary.run(node + ["--keys", keys, "--name", "a"])
        #expect(admitted.status == 0, "\(admitted.output)")
        #expect(findings(admitted)["coordinator"]?.text.contains("lets this node connect") == true)
        let plain = try await Binary.run(node)
        #expect(plain.status == 69)
        // Who of the two sees it first is a matter of chance; the other sees a connection that ended.
        #expect(findings(plain)["coordinator"]?.text.contains("keys") == true, "\(plain.output)")
        // Nothing of this reached the run.
        #expect(!coordinator.errorSoFar.contains("joined"))

        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: keys + "/a.key")
        let open = try await Binary.run(["doctor", "--directory", folder.path, "--keys", keys])
        #expect(open.status == 69 && findings(open)["keys"]?.text.contains("chmod 600") == true)
    }
}
