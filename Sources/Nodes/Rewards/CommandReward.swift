import Files
import JSONLines
import Logging
import Rewards
import Synchronization

/// A program of the user's as a source of rewards: JSON Lines in and out, started when first asked and kept.
///
/// For each answer it reads one line
///
///     {"id": "1:4/0", "input": …, "reference": …, "answer": …, "reasoning": …, "finished": true}
///
/// and writes, in any order, one line `{"id": "1:4/0", "reward": 0.5}`; `"reward": null` says that this answer has none, and
/// `"error": "…"` that judging it failed. The answers of one task are written together, and all of theirs have to come
/// within the time limit. When they do not, because the program hangs, ends, or writes what is not such a line, it is killed
/// and started anew for the next task; answers that came before are kept, and the others have failed.
///
/// The first answer to an id counts. What the program says beyond that, of tasks already answered, is logged and ignored.
final class CommandReward: RewardSource {
    private let command: Command
    private let logger: Logger
    private let state = Mutex(State())

    /// How the program is run.
    struct Command: Sendable, Equatable {
        /// The program and its arguments.
        var words: [String]
        /// Where it runs; nil is the current directory.
        var directory: String?
        /// For all answers of one task, with the program's start where it has to be started.
        var timeLimit: Duration
    }

    private struct State {
        var process: ProcessBox?
        /// Tasks the running program was asked about.
        var batches = 0
    }

    init(_ command: Command, logger: Logger) {
        self.command = command
        self.logger = logger
    }

    func rewards(for requests: [RewardRequest]) throws(RewardUnavailable) -> [RewardOutcome] {
        try state.withLock { state throws(RewardUnavailable) in
            // Between two tasks a program may have ended, or said what breaks the next one: not the next one's fault.
            if state.batches > 0, let outcomes = try ask(requests, &state, isForgiving: true) { return outcomes }
            return try ask(requests, &state, isForgiving: false) ?? []
        }
    }

    /// Asks once; nil when `isForgiving` and the program ended or broke the rules before it answered anything.
    private func ask(
        _ requests: [RewardRequest], _ state: inout State, isForgiving: Bool
    ) throws(RewardUnavailable) -> [RewardOutcome]? {
        let process = try running(&state)
        state.batches += 1
        var batch = CommandBatch(requests, number: state.batches)
        if batch.isComplete { return batch.outcomes(else: .undefined) }
        var breach: String?
        let ending = process.exchange(batch.lines, until: .now + command.timeLimit) { line in
            do throws(CommandBatch.Breach) {
                if try batch.take(line) == .stale {
                    logger.warning("\(name) answered again for an earlier task; ignored")
                }
                return batch.isComplete
            } catch {
                breach = error.description
                return true
            }
        }
        if ending == .enough, breach == nil { return batch.outcomes(else: .undefined) }
        // A breach ends nothing by itself, so the errors written so far are all there are.
        let tail = process.lastWords
        process.end()
        state.process = nil
        state.batches = 0
        if ending == .exited(126) || ending == .exited(127), batch.answered == 0 {
            // A shell's way to say that there is no such program.
            throw RewardUnavailable("\(name) cannot be started" + tail)
        }
        let what = breach ?? batch.shortfall(ending, limit: command.timeLimit)
        if isForgiving, ending != .timedOut, batch.answered == 0 {
            logger.warning("\(name) \(what); it had answered other tasks, so it is started again and asked once more")
            return nil
        }
        let sentence = "\(name) \(what)" + tail
        logger.warning("\(sentence)")
        return batch.outcomes(else: ending == .timedOut ? .timedOut(sentence) : .failed(sentence))
    }

    private func running(_ state: inout State) throws(RewardUnavailable) -> LineProcess {
        if let box = state.process { return box.process }
        do throws(FileError) {
            let process = try LineProcess(command.words, directory: command.directory)
            state.process = ProcessBox(process)
            state.batches = 0
            return process
        } catch {
            throw RewardUnavailable("the reward command cannot be started: \(error)")
        }
    }

    private var name: String { "the reward command \(command.words.first ?? "")" }
}

/// Lets the slot's process live in a lock; only its holder touches it.
private final class ProcessBox: @unchecked Sendable {
    let process: LineProcess
    init(_ process: LineProcess) { self.process = process }
}
