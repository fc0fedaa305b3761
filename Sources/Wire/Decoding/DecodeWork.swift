import CWire
import Digests
import RolloutCore

// C messages to Swift values: what tasks take and give (the second half of tasks.proto).

func readTrajectoryID(_ message: UnsafeMutablePointer<Reprise__V1__TrajectoryId>) -> TrajectoryID {
    unsafe TrajectoryID(prompt: message.pointee.prompt, sample: message.pointee.sample)
}

func readDecoding(_ message: UnsafeMutablePointer<Reprise__V1__Decoding>) throws(WireError) -> Decoding {
    guard
        unsafe message.pointee.temperature_or_none_case == REPRISE__V1__DECODING__TEMPERATURE_OR_NONE_TEMPERATURE,
        unsafe message.pointee.top_p_or_none_case == REPRISE__V1__DECODING__TOP_P_OR_NONE_TOP_P
    else { throw .invalid(field: "Decoding", problem: "lacks its temperature or top_p") }
    return unsafe Decoding(
        temperature: message.pointee.temperature, topP: message.pointee.top_p, topK: message.pointee.top_k,
        maxNewTokens: message.pointee.max_new_tokens,
        stopTokens: readNumbers(message.pointee.stop_tokens, message.pointee.n_stop_tokens))
}

func readPrompt(_ message: UnsafeMutablePointer<Reprise__V1__Prompt>) -> SampleWork.Prompt {
    unsafe SampleWork.Prompt(
        index: message.pointee.index, tokens: readNumbers(message.pointee.tokens, message.pointee.n_tokens))
}

func readSampleWork(_ message: UnsafeMutablePointer<Reprise__V1__SampleWork>) throws(WireError) -> SampleWork {
    try unsafe SampleWork(
        policy: readManifest(required(message.pointee.policy, "SampleWork.policy")),
        prompts: readList(message.pointee.prompts, message.pointee.n_prompts, "SampleWork.prompts", readPrompt),
        samplesPerPrompt: message.pointee.samples_per_prompt, firstSample: message.pointee.first_sample,
        decoding: readDecoding(required(message.pointee.decoding, "SampleWork.decoding")),
        seed: message.pointee.seed,
        answerMarker: readText(message.pointee.answer_marker, "SampleWork.answer_marker"))
}

func readTrajectory(_ message: UnsafeMutablePointer<Reprise__V1__Trajectory>) throws(WireError) -> Trajectory {
    var answer: String?
    if unsafe message.pointee.answer_or_none_case == REPRISE__V1__TRAJECTORY__ANSWER_OR_NONE_ANSWER {
        answer = try unsafe readText(message.pointee.answer, "Trajectory.answer")
    }
    let isWeighed =
        unsafe message.pointee.log_probability_or_none_case
        == REPRISE__V1__TRAJECTORY__LOG_PROBABILITY_OR_NONE_LOG_PROBABILITY
    return try unsafe Trajectory(
        id: readTrajectoryID(required(message.pointee.id, "Trajectory.id")),
        tokens: readNumbers(message.pointee.tokens, message.pointee.n_tokens),
        stop: readEnum(message.pointee.stop.rawValue, "Trajectory.stop"),
        reasoning: readText(message.pointee.reasoning, "Trajectory.reasoning"),
        answer: answer,
        logProbability: isWeighed ? message.pointee.log_probability : nil)
}

func readSampleOutput(_ message: UnsafeMutablePointer<Reprise__V1__SampleOutput>) throws(WireError) -> [Trajectory] {
    try unsafe readList(
        message.pointee.trajectories, message.pointee.n_trajectories, "SampleOutput.trajectories", readTrajectory)
}

func readScoreItem(_ message: UnsafeMutablePointer<Reprise__V1__ScoreItem>) throws(WireError) -> ScoreWork.Item {
    try unsafe ScoreWork.Item(
        id: readTrajectoryID(required(message.pointee.id, "ScoreItem.id")),
        input: readText(message.pointee.input, "ScoreItem.input"),
        reference: readText(message.pointee.reference, "ScoreItem.reference"),
        answer: readText(message.pointee.answer, "ScoreItem.answer"),
        reasoning: readText(message.pointee.reasoning, "ScoreItem.reasoning"),
        isFinished: message.pointee.finished != 0)
}

func readScoreWork(_ message: UnsafeMutablePointer<Reprise__V1__ScoreWork>) throws(WireError) -> ScoreWork {
    try unsafe ScoreWork(
        items: readList(message.pointee.items, message.pointee.n_items, "ScoreWork.items", readScoreItem),
        reward: readText(message.pointee.reward, "ScoreWork.reward"))
}

func readScore(_ message: UnsafeMutablePointer<Reprise__V1__Score>) throws(WireError) -> Score {
    let scored = unsafe message.pointee.reward_or_none_case == REPRISE__V1__SCORE__REWARD_OR_NONE_REWARD
    return try unsafe Score(
        id: readTrajectoryID(required(message.pointee.id, "Score.id")),
        reward: scored ? message.pointee.reward : nil)
}

func readScoreOutput(_ message: UnsafeMutablePointer<Reprise__V1__ScoreOutput>) throws(WireError) -> [Score] {
    try unsafe readList(message.pointee.scores, message.pointee.n_scores, "ScoreOutput.scores", readScore)
}

func readTrainWork(_ message: UnsafeMutablePointer<Reprise__V1__TrainWork>) throws(WireError) -> TrainWork {
    try unsafe TrainWork(
        iteration: message.pointee.iteration,
        start: readManifest(required(message.pointee.start, "TrainWork.start")),
        trainingSet: readManifest(required(message.pointee.training_set, "TrainWork.training_set")),
        recipe: readText(message.pointee.recipe, "TrainWork.recipe"),
        seed: message.pointee.seed)
}

func readTrainedPolicy(_ message: UnsafeMutablePointer<Reprise__V1__TrainedPolicy>) throws(WireError) -> TrainedPolicy {
    guard
        unsafe message.pointee.first_loss_or_none_case == REPRISE__V1__TRAINED_POLICY__FIRST_LOSS_OR_NONE_FIRST_LOSS,
        unsafe message.pointee.last_loss_or_none_case == REPRISE__V1__TRAINED_POLICY__LAST_LOSS_OR_NONE_LAST_LOSS,
        unsafe message.pointee.density_or_none_case == REPRISE__V1__TRAINED_POLICY__DENSITY_OR_NONE_DENSITY
    else { throw .invalid(field: "TrainedPolicy", problem: "lacks a loss or its density") }
    return try unsafe TrainedPolicy(
        policy: readManifest(required(message.pointee.policy, "TrainedPolicy.policy")),
        steps: message.pointee.steps, examples: message.pointee.examples, tokens: message.pointee.tokens,
        firstLoss: message.pointee.first_loss, lastLoss: message.pointee.last_loss,
        density: message.pointee.density, fullByteCount: message.pointee.full_byte_count)
}
