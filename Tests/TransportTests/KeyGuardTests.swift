import Files
import Foundation
import Testing
import ZeroMQ

@testable import Transport

/// A file of its own, gone with its value.
final class TemporaryFile {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "reprise-file-\(UUID().uuidString)").path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String) throws { try FileReplacement.write(Array(text.utf8), to: path) }
}

struct KeyGuardTests {
    private let file: TemporaryFile
    private let (one, two): (CurvePublicKey, CurvePublicKey)

    init() throws {
        file = try TemporaryFile()
        (one, two) = (try CurveKeyPair.generate().publicKey, try CurveKeyPair.generate().publicKey)
    }

    @Test("A list is read as it was written")
    func roundTrip() throws {
        var list = AllowList()
        try list.add("a-1", one)
        try list.revoke("a-1")
        try list.add("a-1", two)
        #expect(try AllowList(list.text, from: "list") == list)
        #expect(list[one]?.isRevoked == true && list[two]?.isRevoked == false)
        #expect(list.admitted == [two])
    }

    @Test("A name has one key at a time, and only a name that has one can lose it")
    func names() throws {
        var list = AllowList()
        try list.add("a", one)
        #expect(throws: KeyError.self) { try list.add("a", two) }
        #expect {
            try list.revoke("b")
        } throws: {
            "\($0)" == "no key of b may join; those that may are a"
        }
    }

    @Test(
        "A name that cannot be that of a file is refused",
        arguments: ["", ".a", "-a", "a/b", "../a", "server", "a b", "ä", String(repeating: "a", count: 65)])
    func badName(name: String) throws {
        var list = AllowList()
        #expect(throws: KeyError.self) { try list.add(name, one) }
        #expect(list == AllowList())
    }

    @Test("A line that is none is named")
    func badLines() throws {
        for (text, words) in [
            ("a \(one)\nb short\n", "list:2 is no line"), ("# x\n\na \(one) gone\n", "list:3 is no line"),
            ("a \(one)\nb \(one)\n", "list:2 has a key that an earlier line has"), ("../a \(one)\n", "list:1"),
        ] {
            #expect {
                try AllowList(text, from: "list")
            } throws: {
                "\($0)".contains(words)
            }
        }
    }

    @Test("A changed file is read again; one that cannot be read leaves what was said before")
    func reload() throws {
        try file.write("one \(one)\n")
        let keyGuard = try KeyGuard(path: file.path)
        #expect(keyGuard.reload() == nil)
        #expect(keyGuard.reload(isForced: true) == .changed(added: [], removed: []))
        try file.write("one \(one) revoked\ntwo \(two)\n")
        #expect(keyGuard.reload() == .changed(added: ["two"], removed: ["one"]))
        #expect(keyGuard.verdict(on: one) == .revoked("one") && keyGuard.verdict(on: two) == .admitted("two"))
        try file.write("two\n")
        guard case .failed(let why) = keyGuard.reload() else { Issue.record("read"); return }
        #expect(why.contains(":1 is no line"))
        #expect(keyGuard.reload() == nil)
        #expect(keyGuard.verdict(on: two) == .admitted("two"))
        try FileManager.default.removeItem(atPath: file.path)
        guard case .failed = keyGuard.reload() else { Issue.record("read"); return }
        #expect(keyGuard.verdict(on: two) == .admitted("two"))
        try file.write("")
        #expect(keyGuard.reload() == .changed(added: [], removed: ["two"]))
        #expect(keyGuard.verdict(on: two) == .unknown)
    }

    @Test("A refusal is said at once, and again after a minute with its number")
    func refusalLog() {
        var log = RefusalLog()
        let start = ContinuousClock.now
        log.note("no")
        var lines = log.lines(at: start)
        #expect(lines == ["no"])
        for _ in 0..<3 { log.note("no") }
        lines = log.lines(at: start + .seconds(59))
        #expect(lines.isEmpty)
        lines = log.lines(at: start + .seconds(60))
        #expect(lines == ["no (3 times)"])
        lines = log.lines(at: start + .seconds(200))
        #expect(lines.isEmpty)
        for number in 0..<1000 { log.note("\(number)") }
        lines = log.lines(at: start + .seconds(201))
        #expect(lines.count == 65 && lines.last == "refused connections of many other kinds (936 times)")
    }
}
