import CWire
import Digests
import RolloutCore

// Swift values to C messages of tasks.proto.

extension Arena {
    func task(_ value: TaskID) -> UnsafeMutablePointer<Reprise__V1__TaskId> {
        unsafe make(reprise__v1__task_id__init) { message in
            unsafe message.iteration = value.iteration
            unsafe message.split = .init(UInt32(value.split.rawValue))
            unsafe message.kind = .init(UInt32(value.kind.rawValue))
            unsafe message.index = value.index
        }
    }

    func attempt(_ value: Attempt) -> UnsafeMutablePointer<Reprise__V1__Attempt> {
        unsafe make(reprise__v1__attempt__init) { message in
            unsafe message.task = task(value.task)
            unsafe message.attempt = value.attempt
        }
    }

    func lease(_ value: Lease) -> UnsafeMutablePointer<Reprise__V1__Lease> {
        unsafe make(reprise__v1__lease__init) { message in
            unsafe message.attempt = attempt(value.attempt)
            unsafe message.time_to_live_ns = value.timeToLive.wireNanoseconds
            unsafe message.input_digest = digest(value.inputDigest)
            switch value.work {
            case .sample(let work):
                unsafe message.work_case = REPRISE__V1__LEASE__WORK_SAMPLE
                unsafe message.sample = sampleWork(work)
            case .score(let work):
                unsafe message.work_case = REPRISE__V1__LEASE__WORK_SCORE
                unsafe message.score = scoreWork(work)
            case .train(let work):
                unsafe message.work_case = REPRISE__V1__LEASE__WORK_TRAIN
                unsafe message.train = trainWork(work)
            case .rationale(let work):
                unsafe message.work_case = REPRISE__V1__LEASE__WORK_RATIONALE
                unsafe message.rationale = rationaleWork(work)
            }
            unsafe message.settles = value.settles ? 1 : 0
        }
    }

    func result(_ value: TaskResult) -> UnsafeMutablePointer<Reprise__V1__Result> {
        unsafe make(reprise__v1__result__init) { message in
            unsafe message.attempt = attempt(value.attempt)
            unsafe message.input_digest = digest(value.inputDigest)
            unsafe message.result_digest = digest(value.resultDigest)
            unsafe message.compute_time_ns = value.computeTime.wireNanoseconds
            switch value.output {
            case .sample(let trajectories):
                unsafe message.output_case = REPRISE__V1__RESULT__OUTPUT_SAMPLE
                unsafe message.sample = sampleOutput(trajectories)
            case .score(let scores):
                unsafe message.output_case = REPRISE__V1__RESULT__OUTPUT_SCORE
                unsafe message.score = scoreOutput(scores)
            case .train(let policy):
                unsafe message.output_case = REPRISE__V1__RESULT__OUTPUT_TRAIN
                unsafe message.train = trainedPolicy(policy)
            case .rationale(let rationales):
                unsafe message.output_case = REPRISE__V1__RESULT__OUTPUT_RATIONALE
                unsafe message.rationale = rationaleOutput(rationales)
            }
        }
    }

    func resultAck(_ value: ResultAck) -> UnsafeMutablePointer<Reprise__V1__ResultAck> {
        unsafe make(reprise__v1__result_ack__init) { message in
            unsafe message.task = task(value.task)
            unsafe message.result_digest = digest(value.resultDigest)
        }
    }

    func failure(_ value: TaskFailure) -> UnsafeMutablePointer<Reprise__V1__Failure> {
        unsafe make(reprise__v1__failure__init) { message in
            unsafe message.attempt = attempt(value.attempt)
            unsafe message.input_digest = digest(value.inputDigest)
            unsafe message.failure_class = .init(UInt32(value.failureClass.rawValue))
            unsafe message.explanation = text(value.explanation.wireSentence)
        }
    }

    func progress(_ value: TrainProgress) -> UnsafeMutablePointer<Reprise__V1__Progress> {
        unsafe make(reprise__v1__progress__init) { message in
            unsafe message.attempt = attempt(value.attempt)
            unsafe message.step = value.step
            unsafe message.steps = value.steps
            unsafe message.loss = value.loss
            unsafe message.tokens_per_second = value.tokensPerSecond
        }
    }

    func release(_ value: [Attempt]) -> UnsafeMutablePointer<Reprise__V1__Release> {
        unsafe make(reprise__v1__release__init) { message in
            unsafe message.n_attempts = value.count
            unsafe message.attempts = list(value, attempt)
        }
    }

    func cancel(_ value: [Attempt]) -> UnsafeMutablePointer<Reprise__V1__Cancel> {
        unsafe make(reprise__v1__cancel__init) { message in
            unsafe message.n_attempts = value.count
            unsafe message.attempts = list(value, attempt)
        }
    }
}
