import Foundation
import Testing

@testable import Files

@Suite struct LineProcessTests {
    private func exchange(
        _ process: LineProcess, _ text: String, lines count: Int, within limit: Duration = .seconds(20)
    ) -> (ending: LineProcess.Ending, lines: [String]) {
        var lines: [String] = []
        let ending = process.exchange(Array(text.utf8), until: .now + limit) { line in
            lines.append(String(decoding: line, as: UTF8.self))
            return lines.count == count
        }
        return (ending, lines)
    }

    @Test func linesGoThereAndBack() throws {
        let process = try LineProcess(["cat"])
        #expect(exchange(process, "a\n\nb\n", lines: 3) == (.enough, ["a", "", "b"]))
        // What is written in two parts is one line; it still runs.
        #expect(exchange(process, "c", lines: 1, within: .milliseconds(100)).ending == .timedOut)
        #expect(exchange(process, "d\ne\n", lines: 1) == (.enough, ["cd"]))
        #expect(exchange(process, "", lines: 1) == (.enough, ["e"]), "a line beyond the last one wanted waits")
    }

    /// Far more than pipes hold, both ways.
    @Test func neitherSideBlocksTheOther() throws {
        let process = try LineProcess(["cat"])
        let line = String(repeating: "x", count: 9999)
        let text = String(repeating: line + "\n", count: 200)
        let (ending, lines) = exchange(process, text, lines: 200)
        #expect(ending == .enough && lines.allSatisfy { $0 == line })
    }

    @Test func anEndSaysHow() throws {
        let failing = try LineProcess(["sh", "-c", "read x; echo last; echo 'no such luck' >&2; exit 3"])
        #expect(exchange(failing, "go\n", lines: 2) == (.exited(3), ["last"]))
        #expect(failing.errorTail == "no such luck\n")
        #expect(exchange(failing, "more\n", lines: 1).ending == .exited(3))
        let killed = try LineProcess(["sh", "-c", "kill -9 $$"])
        #expect(exchange(killed, "go\n", lines: 1).ending == .signalled(9))
        // It reads nothing of what is written, and ends well: a broken pipe is no error.
        let deaf = try LineProcess(["true"])
        #expect(exchange(deaf, String(repeating: "x", count: 1 << 20) + "\n", lines: 1).ending == .exited(0))
        let unfinished = try LineProcess(["printf", "no end"])
        #expect(exchange(unfinished, "", lines: 1) == (.enough, ["no end"]))
    }

    @Test func theWholeGroupIsKilled() throws {
        let process = try LineProcess(["sh", "-c", "sleep 600 & echo $!; wait"])
        let (ending, lines) = exchange(process, "", lines: 1)
        let child = try #require(lines.first.flatMap { Int32($0) })
        #expect(ending == .enough && kill(child, 0) == 0)
        #expect(process.end() == .signalled(SIGKILL))
        // A signal takes its time, and whoever adopted the child may not have reaped it yet.
        func isGone() -> Bool {
            guard let state = try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8) else { return true }
            return state.contains(") Z ") || state.contains(") X ")
        }
        for _ in 0..<5000 where !isGone() { usleep(1000) }
        #expect(isGone())
    }

    @Test func aLineHasALimit() throws {
        let process = try LineProcess(["sh", "-c", "head -c 3000000 /dev/zero"])
        #expect(exchange(process, "", lines: 1).ending == .lineTooLong)
    }

    @Test func aMissingProgramIsAnError() throws {
        let error = #expect(throws: FileError.self) { try LineProcess(["/no/such/program"]) }
        #expect(error?.description == "Cannot start /no/such/program: No such file or directory.")
        #expect(throws: FileError.self) { try LineProcess([]) }
        // In a directory of its own it is a shell that says so.
        let elsewhere = try LineProcess(["/no/such/program"], directory: "/")
        #expect(exchange(elsewhere, "", lines: 1).ending == .exited(127))
        let there = try LineProcess(["pwd"], directory: "/usr")
        #expect(exchange(there, "", lines: 1) == (.enough, ["/usr"]))
    }
}
