import Digests
import RolloutCore
import Wire

extension Simulation {
    /// Decodes what arrived with the real codec; `nil` when it refuses.
    func decode<Message>(
        _ delivery: Delivery, _ decode: ([UInt8]) throws(WireError) -> Envelope<Message>
    ) -> Envelope<Message>? {
        var frame = delivery.frame
        if mutations.active == .ignoresChecksum, frame.count > WireCodec.headerByteCount {
            let checksum = CRC32C.checksum(Array(frame[WireCodec.headerByteCount...]))
            for index in 0..<4 { frame[4 + index] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * index)) }
        }
        trace.mix(UInt64(now), frame.prefix(8).reduce(UInt64(frame.count)) { $0 << 7 ^ UInt64($1) })
        do throws(WireError) {
            let envelope = try decode(frame)
            if delivery.isDamaged { witness.decodedDamaged() }
            return envelope
        } catch {
            coverage.count("damaged frame refused")
            return nil
        }
    }
}

// How long a chunk is does not travel: both ends know it. Here it is smaller than the protocol's.
extension Envelope<NodeMessage> {
    func withChunks(of size: Int) -> Self {
        guard case .result(var result) = message, case .train(var trained) = result.output else { return self }
        var envelope = self
        trained.policy.delta?.chunkByteCount = size
        result.output = .train(trained)
        envelope.message = .result(result)
        return envelope
    }
}

extension Envelope<CoordinatorMessage> {
    func withChunks(of size: Int) -> Self {
        var envelope = self
        switch message {
        case .welcome(var welcome):
            welcome.base.blob.chunkByteCount = size
            envelope.message = .welcome(welcome)
        case .policy(var policy):
            policy.delta?.chunkByteCount = size
            envelope.message = .policy(policy)
        case .lease(var lease):
            switch lease.work {
            case .sample(var work):
                work.policy.delta?.chunkByteCount = size
                lease.work = .sample(work)
            case .train(var work):
                work.start.delta?.chunkByteCount = size
                work.trainingSet.chunkByteCount = size
                lease.work = .train(work)
            case .score, .rationale: return self
            }
            envelope.message = .lease(lease)
        default: return self
        }
        return envelope
    }
}

extension NodeMessage {
    /// A few words for a trace.
    var summary: String {
        switch self {
        case .hello(let hello): "hello of \(hello.node)"
        case .heartbeat(let heartbeat): "heartbeat, \(heartbeat.held.count) held, credit \(heartbeat.credit)"
        case .result(let result): "result of \(result.attempt.task), attempt \(result.attempt.attempt)"
        case .failure(let failure): "failure of \(failure.attempt.task): \(failure.explanation)"
        case .progress: "progress"
        case .release(let attempts): "release of \(attempts.count)"
        case .chunkRequest(let request): "request of chunks from \(request.first)"
        case .chunk(let chunk): "chunk \(chunk.index)"
        case .goodbye: "goodbye"
        case .pageRequest(let request): "request of \(request.path)"
        }
    }
}

extension CoordinatorMessage {
    /// A few words for a trace.
    var summary: String {
        switch self {
        case .welcome: "welcome"
        case .reject(let rejection): "reject: \(rejection.explanation)"
        case .lease(let lease): "lease of \(lease.attempt.task), attempt \(lease.attempt.attempt)"
        case .heartbeatAck: "heartbeat ack"
        case .resultAck(let ack): "ack of \(ack.task)"
        case .cancel(let attempts): "cancel of \(attempts.count)"
        case .fenced: "fenced"
        case .policy(let policy): "policy \(policy.version)"
        case .chunkRequest(let request): "request of chunks from \(request.first)"
        case .chunk(let chunk): "chunk \(chunk.index)"
        case .drain: "drain"
        case .page(let page): "page of \(page.body.utf8.count) bytes"
        }
    }
}
