import CWire
import RolloutCore

// Which field of Envelope's `body` carries which message.

extension Arena {
    func body(_ value: NodeMessage, of message: inout Reprise__V1__Envelope) {
        switch value {
        case .hello(let hello):
            unsafe message.body_case = REPRISE__V1__ENVELOPE__BODY_HELLO
            unsafe message.hello = self.hello(hello)
        case .heartbeat(let heartbeat):
            unsafe message.body_case = REPRISE__V1__ENVELOPE__BODY_HEARTBEAT
            unsafe message.heartbeat = self.heartbeat(heartbeat)
        case .result(let result):
            unsafe message.body_case = REPRISE__V1__ENVELOPE__BODY_RESULT
            unsafe message.result = self.result(result)
        case .failure(let failure):
            unsafe message.body_case = REPRISE__V1__ENVELOPE__BODY_FAILURE
            unsafe message.failure = self.failure(failure)
        case .progress(let progress):
            unsafe message.body_case = REPRISE__V1__ENVELOPE__BODY_PROGRESS
            unsafe message.progress = self.progress(progress)
        case .release(let attempts):
            unsafe message.body_case = REPRISE__V1__ENVELOPE__BODY_RELEASE
            unsafe message.release = self.release(attempts)
        case .chunkRequest(let request):
            unsafe message.body_case = REPRISE__V1__ENVELOPE__BODY_CHUNK_REQUEST
            unsafe message.chunk_request = self.chunkRequest(request)
        case .chunk(let chunk):
            unsafe message.body_case = REPRISE__V1__ENVELOPE__BODY_CHUNK
            unsafe message.chunk = self.chunk(chunk)
        case .goodbye:
            unsafe message.body_case = REPRISE__V1__ENVELOPE__BODY_GOODBYE
            unsafe message.goodbye = make(reprise__v1__goodbye__init) { _ in }
        case .pageRequest(let request):
            unsafe message.body_case = REPRISE__V1__ENVELOPE__BODY_PAGE_REQUEST
            unsafe message.page_request = self.pageRequest(request)
        }
    }

    func body(_ value: CoordinatorMessage, of message: inout Reprise__V1__Envelope) {
        switch value {
        case .welcome(let welcome):
            unsafe message.body_case = REPRISE__V1__ENVELOPE__BODY_WELCOME
            unsafe message.welcome = self.welcome(welcome)
        case .reject(let rejection):
            unsafe message.body_case = REPRISE__V1__ENVELOPE__BODY_REJECT
            unsafe message.reject = self.reject(rejection)
        case .lease(let lease):
            unsafe message.body_case = REPRISE__V1__ENVELOPE__BODY_LEASE
            unsafe message.lease = self.lease(lease)
        case .heartbeatAck:
            unsafe message.body_case = REPRISE__V1__ENVELOPE__BODY_HEARTBEAT_ACK
            unsafe message.heartbeat_ack = make(reprise__v1__heartbeat_ack__init) { _ in }
        case .resultAck(let acknowledgement):
            unsafe message.body_case = REPRISE__V1__ENVELOPE__BODY_RESULT_ACK
            unsafe message.result_ack = self.resultAck(acknowledgement)
        case .cancel(let attempts):
            unsafe message.body_case = REPRISE__V1__ENVELOPE__BODY_CANCEL
            unsafe message.cancel = self.cancel(attempts)
        case .fenced(let explanation):
            unsafe message.body_case = REPRISE__V1__ENVELOPE__BODY_FENCED
            unsafe message.fenced = self.fenced(explanation)
        case .policy(let policy):
            unsafe message.body_case = REPRISE__V1__ENVELOPE__BODY_POLICY
            unsafe message.policy = self.manifest(policy)
        case .chunkRequest(let request):
            unsafe message.body_case = REPRISE__V1__ENVELOPE__BODY_CHUNK_REQUEST
            unsafe message.chunk_request = self.chunkRequest(request)
        case .chunk(let chunk):
            unsafe message.body_case = REPRISE__V1__ENVELOPE__BODY_CHUNK
            unsafe message.chunk = self.chunk(chunk)
        case .drain:
            unsafe message.body_case = REPRISE__V1__ENVELOPE__BODY_DRAIN
            unsafe message.drain = make(reprise__v1__drain__init) { _ in }
        case .page(let page):
            unsafe message.body_case = REPRISE__V1__ENVELOPE__BODY_PAGE
            unsafe message.page = self.page(page)
        }
    }
}
