import ArgumentParser
import Configuration
import Files
import Foundation
import Nodes
import Rewards
import RunStore
import Serving
import Transport

/// The command line.
@main
struct Reprise: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reprise",
        abstract: "EM self-training of language models on a cluster whose faults change how long, never what.",
        discussion: """
            Every command says what it does, with examples: reprise help COMMAND. Results go to standard output, what is said \
            about them to standard error; what goes wrong is one sentence and an exit status.

            Examples:
              reprise run cluster/runs/demo.yaml
              reprise help run
              reprise --generate-completion-script bash

            Exit status:
            \(ExitStatus.table)
              128 and more: a second signal ended it, 130 for Ctrl-C, 143 for SIGTERM;
                  a run that can go on still has 75
            """,
        version: Software.version,
        subcommands: [
            RunCommand.self, CompareCommand.self, ConfigCommand.self, ChaosCommand.self, CoordinatorCommand.self,
            SamplerCommand.self, ScorerCommand.self, LearnerCommand.self, KeysCommand.self, DoctorCommand.self,
            StatusCommand.self, WatchCommand.self, DashboardCommand.self, TrajectoriesCommand.self,
            QueryCommand.self, DigestCommand.self,
            VerifyCommand.self, ReportCommand.self, ExportCommand.self, DataCommand.self, PretrainCommand.self,
            EvalCommand.self, TokenizeCommand.self,
            LogprobsCommand.self,
            GenerateCommand.self, RewardCommand.self, RetrieveCommand.self, RationaleCommand.self, TrainCommand.self,
            DeltaCommand.self, ImportCommand.self, BenchCommand.self, SimulateCommand.self,
        ])

    /// Reads the command line, runs the command, and turns what goes wrong into one sentence and an exit status.
    static func main() async {
        // A file that must not grow further is an error like a full disk, not the end of the process.
        signal(SIGXFSZ, SIG_IGN)
        do {
            do {
                try await perform()
            } catch  where exitCode(for: error).isSuccess {
                // Help, the version, a completion script.
                print(fullMessage(for: error))
            }
            try finishOutput()
        } catch {
            // What was printed before comes first; if it is lost, that is not what ended the command.
            _ = try? StandardOutput.finish()
            guard let status = status(of: error) else { exit(withError: error) }
            try? FileHandle.standardError.write(contentsOf: Data("reprise: \(error)\n".utf8))
            Foundation.exit(status.rawValue)
        }
    }

    private static func perform() async throws {
        var command = try parseAsRoot()
        if var asynchronous = command as? any AsyncParsableCommand {
            try await asynchronous.run()
        } else {
            try command.run()
        }
    }

    /// Makes sure that all that was printed got to where it goes.
    private static func finishOutput() throws {
        do { try StandardOutput.finish() } catch { throw LineOutput.error(for: error) }
    }

    private static func status(of kind: RunStoreError.Kind) -> ExitStatus {
        switch kind {
        case .occupied, .disk: .output
        case .missing: .missing
        case .inUse: .unavailable
        case .otherRun, .damaged: .data
        case .query: .usage
        }
    }

    /// The exit status of what our own code throws; nil for what the argument parser throws.
    private static func status(of error: any Error) -> ExitStatus? {
        switch error {
        case let failure as Failure: failure.status
        case is ConfigurationError: .configuration
        case is CleanExit, is ValidationError, is ExitCode: nil
        case let error where "\(type(of: error))".hasPrefix("Command"): nil
        case let error as FileError: error.isOfTheDisk || error.isOfWriting ? .output : .missing
        case let error as RunStoreError: status(of: error.kind)
        case TransportError.badEndpoint, TransportError.unprotected, TransportError.unprotectedNode: .usage
        case is TransportError, is RewardUnavailable, is WebServerError: .unavailable
        case is PreparationError: .data
        default: .data
        }
    }
}
