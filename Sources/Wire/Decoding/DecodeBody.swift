import CWire
import RolloutCore

// Which message an Envelope's `body` is. A body that goes the other way is refused.

func readNodeMessage(_ message: UnsafeMutablePointer<Reprise__V1__Envelope>) throws(WireError) -> NodeMessage {
    switch unsafe message.pointee.body_case {
    case REPRISE__V1__ENVELOPE__BODY_HELLO:
        return .hello(try unsafe readHello(required(message.pointee.hello, "Envelope.hello")))
    case REPRISE__V1__ENVELOPE__BODY_HEARTBEAT:
        return .heartbeat(try unsafe readHeartbeat(required(message.pointee.heartbeat, "Envelope.heartbeat")))
    case REPRISE__V1__ENVELOPE__BODY_RESULT:
        return .result(try unsafe readResult(required(message.pointee.result, "Envelope.result")))
    case REPRISE__V1__ENVELOPE__BODY_FAILURE:
        return .failure(try unsafe readFailure(required(message.pointee.failure, "Envelope.failure")))
    case REPRISE__V1__ENVELOPE__BODY_PROGRESS:
        return .progress(try unsafe readProgress(required(message.pointee.progress, "Envelope.progress")))
    case REPRISE__V1__ENVELOPE__BODY_RELEASE:
        let release = try unsafe required(message.pointee.release, "Envelope.release")
        return .release(
            try unsafe readList(
                release.pointee.attempts, release.pointee.n_attempts, "Release.attempts", readAttempt))
    case REPRISE__V1__ENVELOPE__BODY_CHUNK_REQUEST:
        return .chunkRequest(
            try unsafe readChunkRequest(required(message.pointee.chunk_request, "Envelope.chunk_request")))
    case REPRISE__V1__ENVELOPE__BODY_CHUNK:
        return .chunk(try unsafe readChunk(required(message.pointee.chunk, "Envelope.chunk")))
    case REPRISE__V1__ENVELOPE__BODY_GOODBYE:
        return .goodbye
    case REPRISE__V1__ENVELOPE__BODY_PAGE_REQUEST:
        return .pageRequest(
            try unsafe readPageRequest(required(message.pointee.page_request, "Envelope.page_request")))
    default:
        throw .unexpectedBody
    }
}

func readCoordinatorMessage(
    _ message: UnsafeMutablePointer<Reprise__V1__Envelope>
) throws(WireError) -> CoordinatorMessage {
    switch unsafe message.pointee.body_case {
    case REPRISE__V1__ENVELOPE__BODY_WELCOME:
        return .welcome(try unsafe readWelcome(required(message.pointee.welcome, "Envelope.welcome")))
    case REPRISE__V1__ENVELOPE__BODY_REJECT:
        return .reject(try unsafe readReject(required(message.pointee.reject, "Envelope.reject")))
    case REPRISE__V1__ENVELOPE__BODY_LEASE:
        return .lease(try unsafe readLease(required(message.pointee.lease, "Envelope.lease")))
    case REPRISE__V1__ENVELOPE__BODY_HEARTBEAT_ACK:
        return .heartbeatAck
    case REPRISE__V1__ENVELOPE__BODY_RESULT_ACK:
        return .resultAck(try unsafe readResultAck(required(message.pointee.result_ack, "Envelope.result_ack")))
    case REPRISE__V1__ENVELOPE__BODY_CANCEL:
        let cancel = try unsafe required(message.pointee.cancel, "Envelope.cancel")
        return .cancel(
            try unsafe readList(cancel.pointee.attempts, cancel.pointee.n_attempts, "Cancel.attempts", readAttempt))
    case REPRISE__V1__ENVELOPE__BODY_FENCED:
        let fenced = try unsafe required(message.pointee.fenced, "Envelope.fenced")
        return .fenced(try unsafe readSentence(fenced.pointee.explanation, "Fenced.explanation"))
    case REPRISE__V1__ENVELOPE__BODY_POLICY:
        return .policy(try unsafe readManifest(required(message.pointee.policy, "Envelope.policy")))
    case REPRISE__V1__ENVELOPE__BODY_CHUNK_REQUEST:
        return .chunkRequest(
            try unsafe readChunkRequest(required(message.pointee.chunk_request, "Envelope.chunk_request")))
    case REPRISE__V1__ENVELOPE__BODY_CHUNK:
        return .chunk(try unsafe readChunk(required(message.pointee.chunk, "Envelope.chunk")))
    case REPRISE__V1__ENVELOPE__BODY_DRAIN:
        return .drain
    case REPRISE__V1__ENVELOPE__BODY_PAGE:
        return .page(try unsafe readPage(required(message.pointee.page, "Envelope.page")))
    default:
        throw .unexpectedBody
    }
}
