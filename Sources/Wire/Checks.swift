import Digests
import RolloutCore

// The rules of proto/README.md that types do not express: counts, lengths, ranges, finiteness. One set of rules, applied to
// Swift values before they are encoded and after they are decoded. (Explanations are made to fit when encoded instead.)

extension NodeMessage {
    func check(_ limits: WireLimits) throws(WireError) {
        switch self {
        case .hello(let hello): try hello.check(limits)
        case .heartbeat(let heartbeat):
            try limits.attempts(heartbeat.held, "Heartbeat.held")
            try limits.count(Int(heartbeat.credit), limits.attemptsPerNode, "Heartbeat.credit")
        case .result(let result): try result.check(limits)
        case .progress(let progress):
            try finite(progress.loss, "Progress.loss")
            try finite(progress.tokensPerSecond, "Progress.tokens_per_second")
        case .release(let attempts): try limits.attempts(attempts, "Release.attempts")
        case .chunkRequest(let request): try request.check(limits)
        case .chunk(let chunk): try chunk.check(limits)
        case .pageRequest(let request): try request.check(limits)
        case .failure, .goodbye: break
        }
    }
}

extension CoordinatorMessage {
    func check(_ limits: WireLimits) throws(WireError) {
        switch self {
        case .welcome(let welcome):
            try welcome.timers.check(limits)
            try welcome.base.blob.check(limits)
        case .lease(let lease): try lease.check(limits)
        case .cancel(let attempts): try limits.attempts(attempts, "Cancel.attempts")
        case .policy(let policy): try policy.check(limits)
        case .chunkRequest(let request): try request.check(limits)
        case .chunk(let chunk): try chunk.check(limits)
        case .page(let page): try page.check(limits)
        case .reject, .fenced, .heartbeatAck, .resultAck, .drain: break
        }
    }
}

extension Hello {
    func check(_ limits: WireLimits) throws(WireError) {
        try limits.name(node, "Hello.node")
        try limits.name(softwareVersion, "Hello.software_version")
        try limits.name(reward, "Hello.reward")
        try limits.name(engine, "Hello.engine")
        try limits.count(Int(slots), limits.attemptsPerNode, "Hello.slots")
        try limits.count(Int(credit), limits.attemptsPerNode, "Hello.credit")
    }
}

extension Timers {
    func check(_ limits: WireLimits) throws(WireError) {
        for duration in [heartbeat, lease, silenceStop, silenceExit, resend, resendMaximum] {
            try limits.duration(duration, "Timers")
        }
    }
}

extension Lease {
    func check(_ limits: WireLimits) throws(WireError) {
        try limits.duration(timeToLive, "Lease.time_to_live_ns")
        let kind: TaskKind
        switch work {
        case .sample(let work):
            kind = .sample
            try work.check(limits)
        case .score(let work):
            kind = .score
            try work.check(limits)
        case .train(let work):
            kind = .train
            try work.start.check(limits)
            try work.trainingSet.check(limits)
            try limits.text(work.recipe, "TrainWork.recipe")
        case .rationale(let work):
            kind = .rationale
            try work.check(limits)
        }
        guard kind == attempt.task.kind else {
            throw .invalid(field: "Lease.work", problem: "is not of the task's kind")
        }
    }
}

extension TaskResult {
    func check(_ limits: WireLimits) throws(WireError) {
        try limits.duration(computeTime, "Result.compute_time_ns")
        let kind: TaskKind
        switch output {
        case .sample(let trajectories):
            kind = .sample
            try limits.count(trajectories.count, limits.trajectoriesPerTask, "SampleOutput.trajectories")
            for trajectory in trajectories { try trajectory.check(limits) }
        case .score(let scores):
            kind = .score
            try limits.count(scores.count, limits.trajectoriesPerTask, "ScoreOutput.scores")
            for case .some(let reward) in scores.map(\.reward) { try finite(reward, "Score.reward") }
        case .train(let trained):
            kind = .train
            try trained.policy.check(limits)
            try finite(trained.firstLoss, "TrainedPolicy.first_loss")
            try finite(trained.lastLoss, "TrainedPolicy.last_loss")
            try finite(trained.density, "TrainedPolicy.density")
        case .rationale(let rationales):
            kind = .rationale
            try limits.count(rationales.count, limits.promptsPerTask, "RationaleOutput.rationales")
            for rationale in rationales { try limits.text(rationale.text, "Rationale.text") }
        }
        guard kind == attempt.task.kind else {
            throw .invalid(field: "Result.output", problem: "is not of the task's kind")
        }
    }
}

extension SampleWork {
    func check(_ limits: WireLimits) throws(WireError) {
        try policy.check(limits)
        try limits.count(prompts.count, limits.promptsPerTask, "SampleWork.prompts")
        try limits.count(
            Int(firstSample) + Int(samplesPerPrompt), limits.samplesPerPrompt,
            "SampleWork.first_sample plus samples_per_prompt")
        try limits.count(
            prompts.count * Int(samplesPerPrompt), limits.trajectoriesPerTask, "SampleWork's prompts times samples")
        for prompt in prompts { try limits.tokens(prompt.tokens, "Prompt.tokens") }
        try finite(Double(decoding.temperature), "Decoding.temperature")
        try finite(Double(decoding.topP), "Decoding.top_p")
        try limits.count(Int(decoding.maxNewTokens), limits.tokensPerSequence, "Decoding.max_new_tokens")
        try limits.count(decoding.stopTokens.count, limits.stopTokens, "Decoding.stop_tokens")
        try limits.tokens(decoding.stopTokens, "Decoding.stop_tokens")
        try limits.text(answerMarker, "SampleWork.answer_marker")
    }
}

extension Trajectory {
    func check(_ limits: WireLimits) throws(WireError) {
        try limits.tokens(tokens, "Trajectory.tokens")
        try limits.text(reasoning, "Trajectory.reasoning")
        if let answer { try limits.text(answer, "Trajectory.answer") }
        if let logProbability { try finite(logProbability, "Trajectory.log_probability") }
    }
}

extension ScoreWork {
    func check(_ limits: WireLimits) throws(WireError) {
        try limits.count(items.count, limits.trajectoriesPerTask, "ScoreWork.items")
        for item in items {
            try limits.text(item.input, "ScoreItem.input")
            try limits.text(item.reference, "ScoreItem.reference")
            try limits.text(item.answer, "ScoreItem.answer")
            try limits.text(item.reasoning, "ScoreItem.reasoning")
        }
        try limits.name(reward, "ScoreWork.reward")
    }
}

extension RationaleWork {
    func check(_ limits: WireLimits) throws(WireError) {
        try limits.count(items.count, limits.promptsPerTask, "RationaleWork.items")
        for item in items {
            try limits.text(item.instruction, "RationaleItem.instruction")
            try limits.text(item.reference, "RationaleItem.reference")
            try limits.text(item.known, "RationaleItem.known")
            if let fallback = item.fallback { try limits.text(fallback, "RationaleItem.fallback") }
        }
        try limits.text(writer, "RationaleWork.writer")
        try checkpoint?.check(limits)
    }
}

extension BlobManifest {
    func check(_ limits: WireLimits) throws(WireError) {
        try limits.count(chunks.count, limits.chunksPerBlob, "BlobManifest.chunk_digests")
        let size = UInt64(limits.chunkByteCount)
        let expected = byteCount / size + (byteCount.isMultiple(of: size) ? 0 : 1)
        guard UInt64(chunks.count) == expected else {
            throw .invalid(
                field: "BlobManifest.chunk_digests",
                problem: "has \(chunks.count) chunks where \(byteCount) bytes make \(expected)")
        }
    }
}

extension PolicyManifest {
    func check(_ limits: WireLimits) throws(WireError) { try delta?.check(limits) }
}

extension ChunkRequest {
    func check(_ limits: WireLimits) throws(WireError) {
        try limits.count(Int(count), limits.chunksPerRequest, "ChunkRequest.count")
        try limits.count(Int(first), limits.chunksPerBlob, "ChunkRequest.first")
    }
}

extension Chunk {
    func check(_ limits: WireLimits) throws(WireError) {
        guard bytes.count <= limits.chunkByteCount else {
            throw .invalid(
                field: "Chunk.content", problem: "is longer than a chunk's \(limits.chunkByteCount) bytes")
        }
    }
}

extension PageRequest {
    func check(_ limits: WireLimits) throws(WireError) {
        try limits.name(path, "PageRequest.path")
        try limits.count(query.count, limits.queryItems, "PageRequest.query")
        for item in query {
            try limits.name(item.name, "QueryItem.name")
            try limits.name(item.value, "QueryItem.value")
        }
    }
}

extension Page {
    func check(_ limits: WireLimits) throws(WireError) {
        try limits.name(type, "Page.type")
        try limits.text(body, "Page.body")
        guard (100...599).contains(status) else {
            throw .invalid(field: "Page.status", problem: "is \(status), no status of HTTP")
        }
    }
}

private func finite(_ value: Double, _ field: String) throws(WireError) {
    guard value.isFinite else { throw .invalid(field: field, problem: "is not a finite number") }
}

extension WireLimits {
    fileprivate func count(_ count: Int, _ limit: Int, _ field: String) throws(WireError) {
        guard count <= limit else { throw .invalid(field: field, problem: "is \(count), over the limit of \(limit)") }
    }

    fileprivate func attempts(_ attempts: [Attempt], _ field: String) throws(WireError) {
        try count(attempts.count, attemptsPerNode, field)
    }

    fileprivate func tokens(_ tokens: [Int32], _ field: String) throws(WireError) {
        try count(tokens.count, tokensPerSequence, field)
        guard tokens.allSatisfy({ $0 >= 0 }) else { throw .invalid(field: field, problem: "holds a negative token") }
    }

    fileprivate func text(_ text: String, _ field: String) throws(WireError) {
        guard text.utf8.count <= textByteCount else {
            throw .invalid(field: field, problem: "has \(text.utf8.count) bytes, over the limit of \(textByteCount)")
        }
    }

    /// Names reach terminals, logs and SQL: no control characters.
    fileprivate func name(_ name: String, _ field: String) throws(WireError) {
        guard name.utf8.count <= nameByteCount else {
            throw .invalid(field: field, problem: "has \(name.utf8.count) bytes, over the limit of \(nameByteCount)")
        }
        guard name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw .invalid(field: field, problem: "holds a control character")
        }
    }

    fileprivate func duration(_ duration: Duration, _ field: String) throws(WireError) {
        guard duration >= .zero, duration <= self.duration else {
            throw .invalid(field: field, problem: "is not between zero and \(self.duration)")
        }
    }
}
