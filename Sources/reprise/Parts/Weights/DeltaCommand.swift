import ArgumentParser
import Checkpoints
import Digests
import Files
import Foundation
import JSONLines

/// `reprise delta`: what turns one model's weights into another's.
struct DeltaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delta",
        abstract: "Make, apply and look into weight deltas.",
        discussion: """
            A delta is lossless: applying it gives the new weights bit for bit, which its digests prove.

            Examples:
              reprise delta encode base tuned -o tuned.delta
              reprise delta apply base tuned.delta -o again
            """,
        subcommands: [Encode.self, Apply.self, Adapter.self, Inspect.self])

    struct Encode: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write what turns BASE's weights into NEW's, and say what it costs.",
            discussion: """
                Where NEW was made of BASE by a LoRA adapter, --adapter names it: its factors then stand in the delta, which is \
                smaller by far and as lossless.

                Example:
                  reprise delta encode base tuned -o tuned.delta
                """)

        @Argument(help: "Model directory that receivers have.") var base: String
        @Argument(help: "Model directory of the same shape.") var new: String
        @Option(name: .shortAndLong, help: ArgumentHelp("File to write.", valueName: "file")) var output: String
        @Option(help: ArgumentHelp("PEFT directory of the adapter that NEW was made by.", valueName: "dir"))
        var adapter: String?
        @Option(help: "zstd's level: higher is smaller and slower.") var level = 3

        func validate() throws {
            if !(1...19).contains(level) { throw ValidationError("--level must be from 1 to 19.") }
        }

        func run() async throws {
            let delta = try WeightDelta.encode(
                base: try ModelDirectory.checkpoint(base), new: try ModelDirectory.checkpoint(new),
                adapter: try adapter.map { try LowRankAdapter.load(directory: $0) }, level: level)
            try Output.writing { try FileReplacement.write(delta.bytes, to: output) }
            try LineOutput.print(delta.summary)
        }
    }

    struct Apply: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the model that FILE makes of BASE.",
            discussion: """
                The digests of BASE's weights and of the result are checked. Configuration and tokenizer are BASE's.

                Example:
                  reprise delta apply base tuned.delta -o tuned
                """)

        @Argument(help: "Model directory that the delta is against.") var base: String
        @Argument(help: "The delta.") var file: String
        @Option(name: .shortAndLong, help: ArgumentHelp("Directory to write; must not exist.", valueName: "dir"))
        var output: String

        func run() async throws {
            try Output.check(directory: output)
            let delta = try WeightDelta(file: file)
            let result = try delta.apply(to: try ModelDirectory.checkpoint(base))
            try Output.writing { try result.save(directory: output) }
            try LineOutput.print(delta.summary)
        }
    }

    struct Adapter: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the LoRA adapter by which FILE changes BASE, in PEFT's layout.",
            discussion: """
                Only where every tensor that changes does so by a low-rank product: deltas of a training that left its adapter, or \
                of `delta encode --adapter`.

                Example:
                  reprise delta adapter base tuned.delta -o adapter
                """)

        @Argument(help: "Model directory that the delta is against.") var base: String
        @Argument(help: "The delta.") var file: String
        @Option(name: .shortAndLong, help: ArgumentHelp("Directory to write; must not exist.", valueName: "dir"))
        var output: String

        func run() async throws {
            try Output.check(directory: output)
            let adapter = try WeightDelta(file: file).adapter(over: try ModelDirectory.checkpoint(base))
            try Output.writing { try adapter.save(directory: output) }
            try LineOutput.print([
                "rank": .integer(Int64(adapter.rank)), "tensors": .integer(Int64(adapter.changes.count)),
            ])
        }
    }

    struct Inspect: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what is in a delta: density, bits per changed weight, ratio, digests.",
            discussion: """
                One line of JSON for the delta; with --tensors one more for each tensor. "ratio" is the delta's size as a share of \
                the whole weights', "density" the share of weights that differ.

                Example:
                  reprise delta inspect --tensors tuned.delta
                """)

        @Flag(help: "Add a line for each tensor.") var tensors = false
        @Argument(help: "The delta.") var file: String

        func run() async throws {
            let delta = try WeightDelta(file: file)
            var output = LineOutput()
            try output.write(delta.summary)
            for entry in tensors ? delta.entries : [] {
                try output.write([
                    "tensor": .string(entry.name), "type": .string(entry.elementType.rawValue),
                    "encoding": .string("\(entry.encoding)"), "elements": .integer(Int64(entry.count)),
                    "changed": .integer(Int64(entry.changed)), "bytes": .integer(Int64(entry.byteCount)),
                ])
            }
            try output.flush()
        }
    }
}

extension WeightDelta {
    /// Reads a file.
    fileprivate init(file: String) throws {
        let bytes: [UInt8]
        do {
            bytes = try FileReader.contents(of: file, limit: 1 << 36)
        } catch {
            throw Failure(error.code == ENOENT ? .missing : .data, error.description)
        }
        do {
            try self.init(bytes: bytes)
        } catch {
            throw Failure(.data, "\(file): \(error)")
        }
    }

    /// Everything about the delta in one line.
    fileprivate var summary: JSONObject {
        [
            "base": .string(base.description), "result": .string(result.description),
            "tensors": .integer(Int64(entries.count)), "elements": .integer(Int64(elementCount)),
            "changed": .integer(Int64(changedCount)), "density": .number(density),
            "bytes": .integer(Int64(bytes.count)), "fullBytes": .integer(Int64(fullByteCount)),
            "ratio": .number(ratio), "bitsPerChange": .number(bitsPerChange),
        ]
    }
}
