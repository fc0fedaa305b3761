import Foundation
import Testing

/// What the command says about itself, as the argument parser prints it for programs.
struct CommandDescription: Decodable {
    struct Argument: Decodable {
        struct Name: Decodable {
            let kind: String
            let name: String
        }
        let kind: String
        let isOptional: Bool
        let isRepeating: Bool
        let names: [Name]?
        let valueName: String?

        /// As they are typed.
        var spellings: [String] { (names ?? []).map { ($0.kind == "short" ? "-" : "--") + $0.name } }
    }

    let commandName: String
    let abstract: String?
    let discussion: String?
    let arguments: [Argument]?
    let subcommands: [CommandDescription]?

    private struct Dump: Decodable { let command: CommandDescription }

    /// The whole tree.
    static func root() async throws -> CommandDescription {
        let outcome = try await Binary.run(["--experimental-dump-help"])
        return try JSONDecoder().decode(Dump.self, from: Data(outcome.output.utf8)).command
    }

    /// This command and all below, each with the words that lead there; the built-in `help` left out.
    func walk(_ path: [String] = []) -> [(path: String, command: CommandDescription)] {
        let path = path + [commandName]
        return [(path.joined(separator: " "), self)]
            + (subcommands ?? []).filter { $0.commandName != "help" }.flatMap { $0.walk(path) }
    }

    /// Lines of the discussion that show how to call it.
    var examples: [String] {
        (discussion ?? "").replacing("\\\n", with: " ").split(separator: "\n").map(String.init).filter {
            $0.hasPrefix("  ") && $0.contains("reprise ")
        }
    }

    /// What is wrong with a call, whose words come after those that lead to this command; nil for nothing.
    func complaint(about words: ArraySlice<String>) -> String? {
        if let next = subcommands?.first(where: { $0.commandName == words.first }) {
            return next.complaint(about: words.dropFirst())
        }
        let known = arguments ?? []
        var words = words
        var positionals = 0
        var given: Set<String> = []
        while let word = words.popFirst() {
            guard word.hasPrefix("-"), word != "-" else {
                positionals += 1
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            guard let argument = known.first(where: { $0.spellings.contains(parts[0]) }) else {
                return "\(commandName) has no \(parts[0])"
            }
            given.formUnion(argument.spellings)
            if argument.kind == "option", parts.count == 1, words.popFirst() == nil { return "\(word) has no value" }
        }
        for argument in known where argument.kind == "option" && !argument.isOptional {
            if given.isDisjoint(with: argument.spellings) { return "\(argument.spellings) is missing" }
        }
        let places = known.filter { $0.kind == "positional" }
        if positionals < places.count(where: { !$0.isOptional }) { return "an argument is missing" }
        return positionals > places.count && !places.contains(where: \.isRepeating) ? "too many arguments" : nil
    }
}

/// A line of the shell, as far as examples need it.
struct ShellLine {
    /// The words of each command that is one of ours, without redirections.
    let calls: [[String]]

    init(_ line: String) {
        var words: [[String]] = [[]]
        var word: String?
        var quote: Character?
        func end() { if let complete = word { words[words.count - 1].append(complete) } }
        for character in line {
            switch character {
            case let mark where mark == quote: quote = nil
            case "'", "\"":
                if quote == nil {
                    (quote, word) = (character, word ?? "")
                } else {
                    word = (word ?? "") + "\(character)"
                }
            case " " where quote == nil, "|" where quote == nil, "&" where quote == nil:
                end()
                word = nil
                if character != " ", words.last != [] { words.append([]) }
            default: word = (word ?? "") + "\(character)"
            }
        }
        end()
        calls = words.filter { $0.first == "reprise" }.map { words in
            var kept: [String] = []
            var rest = words.dropFirst()
            while let word = rest.popFirst() {
                if word == ">" || word == "<" { _ = rest.popFirst() } else { kept.append(word) }
            }
            return kept
        }
    }
}
