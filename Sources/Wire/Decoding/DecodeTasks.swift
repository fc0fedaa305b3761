import CWire
import Digests
import RolloutCore

// C messages of tasks.proto to Swift values.

func readTask(_ message: UnsafeMutablePointer<Reprise__V1__TaskId>) throws(WireError) -> TaskID {
    try unsafe TaskID(
        iteration: message.pointee.iteration,
        split: readEnum(message.pointee.split.rawValue, "TaskId.split"),
        kind: readEnum(message.pointee.kind.rawValue, "TaskId.kind"),
        index: message.pointee.index)
}

func readAttempt(_ message: UnsafeMutablePointer<Reprise__V1__Attempt>) throws(WireError) -> Attempt {
    try unsafe Attempt(
        task: readTask(required(message.pointee.task, "Attempt.task")), attempt: message.pointee.attempt)
}

func readLease(_ message: UnsafeMutablePointer<Reprise__V1__Lease>) throws(WireError) -> Lease {
    let work: TaskWork
    switch unsafe message.pointee.work_case {
    case REPRISE__V1__LEASE__WORK_SAMPLE:
        work = .sample(try unsafe readSampleWork(required(message.pointee.sample, "Lease.sample")))
    case REPRISE__V1__LEASE__WORK_SCORE:
        work = .score(try unsafe readScoreWork(required(message.pointee.score, "Lease.score")))
    case REPRISE__V1__LEASE__WORK_TRAIN:
        work = .train(try unsafe readTrainWork(required(message.pointee.train, "Lease.train")))
    case REPRISE__V1__LEASE__WORK_RATIONALE:
        work = .rationale(try unsafe readRationaleWork(required(message.pointee.rationale, "Lease.rationale")))
    default:
        throw .invalid(field: "Lease.work", problem: "is missing")
    }
    return try unsafe Lease(
        attempt: readAttempt(required(message.pointee.attempt, "Lease.attempt")),
        timeToLive: readDuration(message.pointee.time_to_live_ns),
        inputDigest: readDigest(message.pointee.input_digest, "Lease.input_digest"),
        work: work, settles: message.pointee.settles != 0)
}

func readResult(_ message: UnsafeMutablePointer<Reprise__V1__Result>) throws(WireError) -> TaskResult {
    let output: TaskOutput
    switch unsafe message.pointee.output_case {
    case REPRISE__V1__RESULT__OUTPUT_SAMPLE:
        output = .sample(try unsafe readSampleOutput(required(message.pointee.sample, "Result.sample")))
    case REPRISE__V1__RESULT__OUTPUT_SCORE:
        output = .score(try unsafe readScoreOutput(required(message.pointee.score, "Result.score")))
    case REPRISE__V1__RESULT__OUTPUT_TRAIN:
        output = .train(try unsafe readTrainedPolicy(required(message.pointee.train, "Result.train")))
    case REPRISE__V1__RESULT__OUTPUT_RATIONALE:
        output = .rationale(try unsafe readRationaleOutput(required(message.pointee.rationale, "Result.rationale")))
    default:
        throw .invalid(field: "Result.output", problem: "is missing")
    }
    return try unsafe TaskResult(
        attempt: readAttempt(required(message.pointee.attempt, "Result.attempt")),
        inputDigest: readDigest(message.pointee.input_digest, "Result.input_digest"),
        resultDigest: readDigest(message.pointee.result_digest, "Result.result_digest"),
        output: output,
        computeTime: readDuration(message.pointee.compute_time_ns))
}

func readResultAck(_ message: UnsafeMutablePointer<Reprise__V1__ResultAck>) throws(WireError) -> ResultAck {
    try unsafe ResultAck(
        task: readTask(required(message.pointee.task, "ResultAck.task")),
        resultDigest: readDigest(message.pointee.result_digest, "ResultAck.result_digest"))
}

func readFailure(_ message: UnsafeMutablePointer<Reprise__V1__Failure>) throws(WireError) -> TaskFailure {
    try unsafe TaskFailure(
        attempt: readAttempt(required(message.pointee.attempt, "Failure.attempt")),
        inputDigest: readDigest(message.pointee.input_digest, "Failure.input_digest"),
        failureClass: readEnum(message.pointee.failure_class.rawValue, "Failure.failure_class"),
        explanation: readSentence(message.pointee.explanation, "Failure.explanation"))
}

func readProgress(_ message: UnsafeMutablePointer<Reprise__V1__Progress>) throws(WireError) -> TrainProgress {
    try unsafe TrainProgress(
        attempt: readAttempt(required(message.pointee.attempt, "Progress.attempt")),
        step: message.pointee.step, steps: message.pointee.steps,
        loss: message.pointee.loss, tokensPerSecond: message.pointee.tokens_per_second)
}
