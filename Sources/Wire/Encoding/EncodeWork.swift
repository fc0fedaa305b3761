import CWire
import Digests
import RolloutCore

// Swift values to C messages: what tasks take and give (the second half of tasks.proto).

extension Arena {
    func trajectoryID(_ value: TrajectoryID) -> UnsafeMutablePointer<Reprise__V1__TrajectoryId> {
        unsafe make(reprise__v1__trajectory_id__init) { message in
            unsafe message.prompt = value.prompt
            unsafe message.sample = value.sample
        }
    }

    func decoding(_ value: Decoding) -> UnsafeMutablePointer<Reprise__V1__Decoding> {
        unsafe make(reprise__v1__decoding__init) { message in
            unsafe message.temperature_or_none_case = REPRISE__V1__DECODING__TEMPERATURE_OR_NONE_TEMPERATURE
            unsafe message.temperature = value.temperature
            unsafe message.top_p_or_none_case = REPRISE__V1__DECODING__TOP_P_OR_NONE_TOP_P
            unsafe message.top_p = value.topP
            unsafe message.top_k = value.topK
            unsafe message.max_new_tokens = value.maxNewTokens
            unsafe message.n_stop_tokens = value.stopTokens.count
            unsafe message.stop_tokens = copy(value.stopTokens)
        }
    }

    func prompt(_ value: SampleWork.Prompt) -> UnsafeMutablePointer<Reprise__V1__Prompt> {
        unsafe make(reprise__v1__prompt__init) { message in
            unsafe message.index = value.index
            unsafe message.n_tokens = value.tokens.count
            unsafe message.tokens = copy(value.tokens)
        }
    }

    func sampleWork(_ value: SampleWork) -> UnsafeMutablePointer<Reprise__V1__SampleWork> {
        unsafe make(reprise__v1__sample_work__init) { message in
            unsafe message.policy = manifest(value.policy)
            unsafe message.n_prompts = value.prompts.count
            unsafe message.prompts = list(value.prompts, prompt)
            unsafe message.samples_per_prompt = value.samplesPerPrompt
            unsafe message.first_sample = value.firstSample
            unsafe message.decoding = decoding(value.decoding)
            unsafe message.seed = value.seed
            unsafe message.answer_marker = text(value.answerMarker)
        }
    }

    func trajectory(_ value: Trajectory) -> UnsafeMutablePointer<Reprise__V1__Trajectory> {
        unsafe make(reprise__v1__trajectory__init) { message in
            unsafe message.id = trajectoryID(value.id)
            unsafe message.n_tokens = value.tokens.count
            unsafe message.tokens = copy(value.tokens)
            unsafe message.stop = .init(UInt32(value.stop.rawValue))
            unsafe message.reasoning = text(value.reasoning)
            if let answer = value.answer {
                unsafe message.answer_or_none_case = REPRISE__V1__TRAJECTORY__ANSWER_OR_NONE_ANSWER
                unsafe message.answer = text(answer)
            }
            if let logProbability = value.logProbability {
                unsafe message.log_probability_or_none_case =
                    REPRISE__V1__TRAJECTORY__LOG_PROBABILITY_OR_NONE_LOG_PROBABILITY
                unsafe message.log_probability = logProbability
            }
        }
    }

    func sampleOutput(_ value: [Trajectory]) -> UnsafeMutablePointer<Reprise__V1__SampleOutput> {
        unsafe make(reprise__v1__sample_output__init) { message in
            unsafe message.n_trajectories = value.count
            unsafe message.trajectories = list(value, trajectory)
        }
    }

    func scoreItem(_ value: ScoreWork.Item) -> UnsafeMutablePointer<Reprise__V1__ScoreItem> {
        unsafe make(reprise__v1__score_item__init) { message in
            unsafe message.id = trajectoryID(value.id)
            unsafe message.input = text(value.input)
            unsafe message.reference = text(value.reference)
            unsafe message.answer = text(value.answer)
            unsafe message.reasoning = text(value.reasoning)
            unsafe message.finished = value.isFinished ? 1 : 0
        }
    }

    func scoreWork(_ value: ScoreWork) -> UnsafeMutablePointer<Reprise__V1__ScoreWork> {
        unsafe make(reprise__v1__score_work__init) { message in
            unsafe message.n_items = value.items.count
            unsafe message.items = list(value.items, scoreItem)
            unsafe message.reward = text(value.reward)
        }
    }

    func score(_ value: Score) -> UnsafeMutablePointer<Reprise__V1__Score> {
        unsafe make(reprise__v1__score__init) { message in
            unsafe message.id = trajectoryID(value.id)
            if let reward = value.reward {
                unsafe message.reward_or_none_case = REPRISE__V1__SCORE__REWARD_OR_NONE_REWARD
                unsafe message.reward = reward
            }
        }
    }

    func scoreOutput(_ value: [Score]) -> UnsafeMutablePointer<Reprise__V1__ScoreOutput> {
        unsafe make(reprise__v1__score_output__init) { message in
            unsafe message.n_scores = value.count
            unsafe message.scores = list(value, score)
        }
    }

    func trainWork(_ value: TrainWork) -> UnsafeMutablePointer<Reprise__V1__TrainWork> {
        unsafe make(reprise__v1__train_work__init) { message in
            unsafe message.iteration = value.iteration
            unsafe message.start = manifest(value.start)
            unsafe message.training_set = manifest(value.trainingSet)
            unsafe message.recipe = text(value.recipe)
            unsafe message.seed = value.seed
        }
    }

    func trainedPolicy(_ value: TrainedPolicy) -> UnsafeMutablePointer<Reprise__V1__TrainedPolicy> {
        unsafe make(reprise__v1__trained_policy__init) { message in
            unsafe message.policy = manifest(value.policy)
            unsafe message.steps = value.steps
            unsafe message.examples = value.examples
            unsafe message.tokens = value.tokens
            unsafe message.first_loss_or_none_case = REPRISE__V1__TRAINED_POLICY__FIRST_LOSS_OR_NONE_FIRST_LOSS
            unsafe message.first_loss = value.firstLoss
            unsafe message.last_loss_or_none_case = REPRISE__V1__TRAINED_POLICY__LAST_LOSS_OR_NONE_LAST_LOSS
            unsafe message.last_loss = value.lastLoss
            unsafe message.density_or_none_case = REPRISE__V1__TRAINED_POLICY__DENSITY_OR_NONE_DENSITY
            unsafe message.density = value.density
            unsafe message.full_byte_count = value.fullByteCount
        }
    }
}
