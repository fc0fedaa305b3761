import CWire
import Digests
import RolloutCore

// Swift values to C messages of membership.proto.

extension Arena {
    func hello(_ value: Hello) -> UnsafeMutablePointer<Reprise__V1__Hello> {
        unsafe make(reprise__v1__hello__init) { message in
            unsafe message.role = .init(UInt32(value.role.rawValue))
            unsafe message.node = text(value.node)
            unsafe message.software_version = text(value.softwareVersion)
            unsafe message.numeric_fingerprint = digest(value.numericFingerprint)
            unsafe message.slots = value.slots
            unsafe message.credit = value.credit
            unsafe message.reward = text(value.reward)
            unsafe message.engine = text(value.engine)
        }
    }

    func timers(_ value: Timers) -> UnsafeMutablePointer<Reprise__V1__Timers> {
        unsafe make(reprise__v1__timers__init) { message in
            unsafe message.heartbeat_ns = value.heartbeat.wireNanoseconds
            unsafe message.lease_ns = value.lease.wireNanoseconds
            unsafe message.silence_stop_ns = value.silenceStop.wireNanoseconds
            unsafe message.silence_exit_ns = value.silenceExit.wireNanoseconds
            unsafe message.resend_ns = value.resend.wireNanoseconds
            unsafe message.resend_maximum_ns = value.resendMaximum.wireNanoseconds
        }
    }

    func welcome(_ value: Welcome) -> UnsafeMutablePointer<Reprise__V1__Welcome> {
        unsafe make(reprise__v1__welcome__init) { message in
            unsafe message.timers = timers(value.timers)
            unsafe message.base_checkpoint = manifest(value.base)
        }
    }

    func reject(_ value: Rejection) -> UnsafeMutablePointer<Reprise__V1__Reject> {
        unsafe make(reprise__v1__reject__init) { message in
            unsafe message.reason = .init(UInt32(value.reason.rawValue))
            unsafe message.explanation = text(value.explanation.wireSentence)
        }
    }

    func heartbeat(_ value: Heartbeat) -> UnsafeMutablePointer<Reprise__V1__Heartbeat> {
        unsafe make(reprise__v1__heartbeat__init) { message in
            unsafe message.n_held = value.held.count
            unsafe message.held = list(value.held, attempt)
            unsafe message.credit = value.credit
        }
    }

    func fenced(_ value: String) -> UnsafeMutablePointer<Reprise__V1__Fenced> {
        unsafe make(reprise__v1__fenced__init) { message in
            unsafe message.explanation = text(value.wireSentence)
        }
    }
}

extension Duration {
    /// Whole nanoseconds. Negative durations and those over 584 years are refused by `check` before this.
    var wireNanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        return UInt64(clamping: seconds) * 1_000_000_000 + UInt64(clamping: attoseconds / 1_000_000_000)
    }
}

extension String {
    /// This text as a sentence of the wire: control characters become spaces, and what is over the limit is cut at a
    /// character's end, so that an explanation never keeps a failure from being reported.
    var wireSentence: String {
        var sentence = ""
        for scalar in unicodeScalars {
            let kept = scalar.value < 0x20 || scalar.value == 0x7F ? " " : scalar
            if sentence.utf8.count + String(kept).utf8.count > WireLimits.sentenceByteCount { break }
            sentence.unicodeScalars.append(kept)
        }
        return sentence
    }
}
