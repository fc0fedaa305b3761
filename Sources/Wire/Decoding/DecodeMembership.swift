import CWire
import Digests
import RolloutCore

// C messages of membership.proto to Swift values.

func readHello(_ message: UnsafeMutablePointer<Reprise__V1__Hello>) throws(WireError) -> Hello {
    try unsafe Hello(
        role: readEnum(message.pointee.role.rawValue, "Hello.role"),
        node: readText(message.pointee.node, "Hello.node"),
        softwareVersion: readText(message.pointee.software_version, "Hello.software_version"),
        numericFingerprint: readDigest(message.pointee.numeric_fingerprint, "Hello.numeric_fingerprint"),
        slots: message.pointee.slots, credit: message.pointee.credit,
        reward: readText(message.pointee.reward, "Hello.reward"),
        engine: readText(message.pointee.engine, "Hello.engine"))
}

func readTimers(_ message: UnsafeMutablePointer<Reprise__V1__Timers>) -> Timers {
    var timers = Timers()
    timers.heartbeat = unsafe readDuration(message.pointee.heartbeat_ns)
    timers.lease = unsafe readDuration(message.pointee.lease_ns)
    timers.silenceStop = unsafe readDuration(message.pointee.silence_stop_ns)
    timers.silenceExit = unsafe readDuration(message.pointee.silence_exit_ns)
    timers.resend = unsafe readDuration(message.pointee.resend_ns)
    timers.resendMaximum = unsafe readDuration(message.pointee.resend_maximum_ns)
    return timers
}

func readWelcome(_ message: UnsafeMutablePointer<Reprise__V1__Welcome>) throws(WireError) -> Welcome {
    try unsafe Welcome(
        timers: readTimers(required(message.pointee.timers, "Welcome.timers")),
        base: readManifest(required(message.pointee.base_checkpoint, "Welcome.base_checkpoint")))
}

func readReject(_ message: UnsafeMutablePointer<Reprise__V1__Reject>) throws(WireError) -> Rejection {
    try unsafe Rejection(
        reason: readEnum(message.pointee.reason.rawValue, "Reject.reason"),
        explanation: readSentence(message.pointee.explanation, "Reject.explanation"))
}

func readHeartbeat(_ message: UnsafeMutablePointer<Reprise__V1__Heartbeat>) throws(WireError) -> Heartbeat {
    try unsafe Heartbeat(
        held: readList(message.pointee.held, message.pointee.n_held, "Heartbeat.held", readAttempt),
        credit: message.pointee.credit)
}
