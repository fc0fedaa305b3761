import ArgumentParser
import Endpoints
import Foundation
import JSONLines
import Nodes
import Personalization

/// `reprise rationale`: what a profile says about how its author writes.
struct RationaleCommand: AsyncParsableCommand {
    /// Where rationales come from.
    enum Source: String, ExpressibleByArgument, CaseIterable {
        /// A deterministic reading of the whole profile.
        case profile
        /// A model of the policy's architecture.
        case checkpoint
        /// An OpenAI-compatible server.
        case endpoint
    }

    static let configuration = CommandConfiguration(
        commandName: "rationale",
        abstract: "Sum up the style that each row's profile shows.",
        discussion: """
            Reads rows in LongLaMP's schema and adds "rationale". With --source profile: bullets about openings, closings, \
            phrases, words, length, punctuation and ratings; the row's output is never looked at. With checkpoint or endpoint a \
            model writes them from profile, request and output, and paths that copy the output are rejected: "rationale" is \
            null where none was accepted, and "leaks" and "unusable" count what was not. A run shows the model the documents of \
            the prompt; this command shows the whole profile.

            Examples:
              reprise rationale corpus/product_review_test.jsonl.gz
              reprise rationale --source checkpoint --model base rows.jsonl
              reprise rationale --source endpoint --url http://127.0.0.1:8000/v1 \\
                --model qwen rows.jsonl
            """)

    @Option(help: "Who writes: profile, checkpoint or endpoint.") var source = Source.profile
    @Option(help: ArgumentHelp("The checkpoint's directory, or the endpoint's name of the model.", valueName: "model"))
    var model: String?
    @Option(help: "The endpoint's base URL.") var url: String?
    @Option(help: "A file that holds the endpoint's API key.") var keyFile: String?
    @Option(help: "Requests at the same time.") var concurrency = 4
    @Option(help: "Of the model; 0 takes the likeliest token.") var temperature = 0.7
    @Option(help: "Longest path in the model's tokens.") var maxNewTokens = 160
    @Option(help: "Paths drawn for a row before there is none.") var attempts = 4
    @Option(help: "Length of the runs of words in which a path is compared with the output.") var leakWords = 4
    @Option(help: "Largest share of the output's runs a path may hold.") var leakShare = 0.02
    @Option(help: "Wording of the instruction: standard, or compact for small models.") var wording = "standard"
    @Option(help: "Decides all draws.") var seed: UInt64 = 0
    @OptionGroup var rows: ProfileRows
    @OptionGroup var input: LineInput

    func validate() throws {
        switch source {
        case .profile:
            if model != nil || url != nil || keyFile != nil {
                throw ValidationError("--model, --url and --key-file are for --source checkpoint or endpoint.")
            }
        case .checkpoint:
            if model == nil { throw ValidationError("--source checkpoint needs --model and a directory.") }
            if url != nil || keyFile != nil { throw ValidationError("--url and --key-file are for --source endpoint.") }
        case .endpoint:
            if model == nil || url == nil { throw ValidationError("--source endpoint needs --url and --model.") }
        }
        if TemplateWording(named: wording) == nil {
            let names = TemplateWording.named.map(\.name).joined(separator: ", ")
            throw ValidationError("There is no wording '\(wording)'; there are \(names).")
        }
        try OptionRange.check(1...256, ("concurrency", concurrency))
        try OptionRange.check(OptionRange.tokens, ("max-new-tokens", maxNewTokens))
        try OptionRange.check(1...1000, ("attempts", attempts), ("leak-words", leakWords))
        if !(temperature >= 0 && temperature.isFinite) { throw ValidationError("--temperature must be at least 0.") }
        if !(0...1).contains(leakShare) { throw ValidationError("--leak-share must be from 0 to 1.") }
    }

    func run() async throws {
        let rows = rows
        guard let writing = try writing() else {
            let reader = ProfileRationale()
            return try LineFilter(title: "rationale").run(input) { line in
                line.adding(["rationale": .string(reader.rationale(for: try rows.example(line).profile))])
            }
        }
        try LineFilter(title: "rationale", linesPerShare: 8).run(try input.open()) { lines in
            writing.lines(lines, rows)
        }
        if case .endpoint(let client) = writing.model {
            try? FileHandle.standardError.write(contentsOf: Data("\(client.endpoint.model): \(client.usage)\n".utf8))
        }
    }

    private func writing() throws -> RationaleWriting? {
        guard let model, let wording = TemplateWording(named: wording) else { return nil }
        let source: RationaleModel =
            if let url {
                .endpoint(
                    EndpointClient(Endpoint(url: url, model: model, keyFile: keyFile, concurrency: concurrency)))
            } else {
                .checkpoint(try BaseModel(checkpoint: ModelDirectory.checkpoint(model), name: model))
            }
        return RationaleWriting(
            model: source, instruction: RationaleInstruction(wording: wording),
            writer: RationaleWriter(
                model: url == nil ? nil : model, temperature: temperature, topP: 1, maxNewTokens: maxNewTokens,
                attempts: attempts, leak: LeakCheck(words: leakWords, share: leakShare), marker: wording.answerMarker),
            seed: seed)
    }
}

/// Has a model write the rationales of lines.
private struct RationaleWriting: Sendable {
    let model: RationaleModel
    let instruction: RationaleInstruction
    let writer: RationaleWriter
    let seed: UInt64

    func lines(_ lines: [InputLine], _ rows: ProfileRows) -> [Result<JSONObject, any Error>] {
        let requests = lines.map { line in Result { try request(line, rows) } }
        do {
            let usable = try requests.map { try $0.get() }
            let written = try writer.write(usable) { places, attempt throws(RationaleModelError) in
                try model.draw(
                    // The line's number is the prompt's: where a block of lines begins does not matter.
                    places.map { (UInt32(truncatingIfNeeded: lines[$0].number), usable[$0].instruction) },
                    attempt: attempt, seed: seed, writer: writer)
            }
            return zip(lines, written).map { line, written in
                .success(
                    line.adding([
                        "rationale": written.path.map { .string($0) } ?? .null,
                        "leaks": .integer(Int64(written.leaks)), "unusable": .integer(Int64(written.unusable)),
                    ]))
            }
        } catch let error as RationaleModelError {
            let status: ExitStatus = error.isPassing ? .unavailable : .data
            return [.failure(Failure(status, error.description))]
        } catch {
            // Lines before the one that cannot be used would have to be written alone: none of the share is.
            return [.failure(error)]
        }
    }

    private func request(_ line: InputLine, _ rows: ProfileRows) throws -> RationaleWriter.Request {
        let example = try rows.example(line)
        guard !example.output.isEmpty else {
            throw line.failure("the row has no output, which a model writes its rationale from.")
        }
        return RationaleWriter.Request(
            instruction: instruction.text(
                input: example.input, reference: example.output, documents: example.profile),
            reference: example.output,
            known: RationaleInstruction.known(input: example.input, documents: example.profile))
    }
}
