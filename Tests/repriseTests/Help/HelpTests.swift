import Foundation
import Testing

/// What the commands say about themselves, and whether it is so.
@Suite struct HelpTests {
    @Test("Every command says what it does, and has an example that it takes")
    func examples() async throws {
        let root = try await CommandDescription.root()
        let all = root.walk()
        #expect(all.count > 40)
        for (path, command) in all {
            #expect(command.abstract?.isEmpty == false, "\(path)")
            #expect(!command.examples.isEmpty, "\(path) has no example")
            for example in command.examples {
                let calls = ShellLine(example).calls
                #expect(!calls.isEmpty, "\(path): \(example)")
                for call in calls where call.first?.hasPrefix("--generate") != true && call.first != "help" {
                    let complaint = root.complaint(about: call[...])
                    #expect(complaint == nil, "\(path): \(example): \(complaint ?? "")")
                }
            }
            // A command with commands of its own leaves examples to them, or shows some of theirs.
            guard command.subcommands == nil else { continue }
            let own = command.examples.contains { ($0 + " ").contains("\(path) ") }
            #expect(own, "no example of \(path) is one of it")
        }
    }

    @Test("Paragraphs are left to the terminal's width: no line of prose ends in the middle of a sentence")
    func paragraphs() async throws {
        for (path, command) in try await CommandDescription.root().walk() {
            let lines = (command.discussion ?? "").split(separator: "\n", omittingEmptySubsequences: false)
            for (line, next) in zip(lines, lines.dropFirst()) {
                // Tables and examples are lines of their own.
                guard !line.isEmpty, !next.isEmpty, !next.hasPrefix(" "), !line.hasPrefix(" ") else { continue }
                #expect(line.contains("  "), "\(path): \(line)")
            }
        }
    }

    @Test("Examples and tables fit a terminal: broken by it, an example would be two commands")
    func indentedLines() async throws {
        for (path, command) in try await CommandDescription.root().walk() {
            for line in (command.discussion ?? "").split(separator: "\n") where line.hasPrefix(" ") {
                #expect(line.count <= 80, "\(path): \(line)")
            }
        }
    }

    @Test("Every exit status is documented, and those that need no cluster are seen here")
    func exitStatuses() async throws {
        let help = try await Binary.run(["--help"]).output
        let table = try #require(help.components(separatedBy: "Exit status:").last)
        let documented = Set(table.matches(of: #/\n  (\d+) /#).compactMap { Int32($0.output.1) }).subtracting([128])
        let folder = try Folder()
        let wrong = try folder.write("mode: rest\n", to: "wrong.yaml")
        let cases: [(status: Int32, arguments: [String])] = [
            (0, ["--version"]), (64, ["tokenize"]), (65, ["reward", "--metric", "rougeL", wrong]),
            (66, ["digest", folder("none")]),
            (69, ["sampler", "--connect", "tcp://127.0.0.1:1", "--patience", "0.2"]),
            (70, ["simulate", "--seeds", "20", "--mutant", "acceptsTwice"]),
            (73, ["import", "llama2c", "none.bin", "--tokenizer", "none.bin", "-o", folder.path]),
            (78, ["config", "check", wrong]),
        ]
        for (status, arguments) in cases {
            let outcome = try await Binary.run(arguments)
            #expect(outcome.status == status, "\(arguments): \(outcome.error)")
        }
        // A run that is stopped (RunCommandTests), refused (SecureClusterTests) or halted (CommandRewardRunTests).
        #expect(documented == Set(cases.map(\.status)).union([75, 77, 79]))
    }

    @Test("Completion scripts know the commands and their options", arguments: ["bash", "zsh", "fish"])
    func completion(shell: String) async throws {
        let script = try await Binary.run(["--generate-completion-script", shell])
        #expect(script.status == 0)
        for word in ["dashboard", "simulate", "samplers", "server-key"] {
            #expect(script.output.contains(word), "\(word)")
        }
        guard shell == "bash" else { return }
        let folder = try Folder()
        let file = try folder.write(script.output, to: "completion")
        // As bash would ask when somebody presses Tab after `reprise dash`.
        let asked = try await Binary.bash(
            """
            source '\(file)'
            function=$(complete -p reprise | sed 's/.*-F \\([^ ]*\\).*/\\1/')
            COMP_WORDS=(reprise dash) COMP_CWORD=1 COMP_LINE='reprise dash' COMP_POINT=12
            "$function" reprise dash reprise
            printf '%s\\n' "${COMPREPLY[@]}"
            """)
        #expect(asked.lines.map { $0.trimmingCharacters(in: .whitespaces) } == ["dashboard"], "\(asked.error)")
    }
}
