public import RolloutCore

/// Why a frame was refused, or a message could not be made into one.
public enum WireError: Error, Equatable, CustomStringConvertible {
    /// Fewer bytes than a header.
    case tooShort(byteCount: Int)
    /// The frame is over the limit.
    case tooLong(byteCount: Int, limit: Int)
    /// The frame does not begin with `RPR1`.
    case notAFrame
    /// The checksum does not match.
    case corrupt
    /// The checksum matches, but protobuf cannot read the envelope, or unpacked it would take more memory than allowed.
    case malformed
    /// The sender speaks another version of the protocol.
    case otherVersion(UInt32, Incarnation)
    /// The body is absent, unknown, or goes the other way.
    case unexpectedBody
    /// A field breaks a rule of proto/README.md.
    case invalid(field: String, problem: String)

    /// The kinds, for counters.
    public enum Kind: String, Sendable, Hashable, CaseIterable, Comparable {
        case tooShort, tooLong, notAFrame, corrupt, malformed, otherVersion, unexpectedBody, invalid

        /// By name.
        public static func < (a: Kind, b: Kind) -> Bool { a.rawValue < b.rawValue }
    }

    /// This error's kind.
    public var kind: Kind {
        switch self {
        case .tooShort: .tooShort
        case .tooLong: .tooLong
        case .notAFrame: .notAFrame
        case .corrupt: .corrupt
        case .malformed: .malformed
        case .otherVersion: .otherVersion
        case .unexpectedBody: .unexpectedBody
        case .invalid: .invalid
        }
    }

    /// One sentence.
    public var description: String {
        switch self {
        case .tooShort(let count):
            "A frame of \(count) bytes is shorter than its \(WireCodec.headerByteCount)-byte header."
        case .tooLong(let count, let limit):
            "A frame of \(count) bytes is over the limit of \(limit); make the tasks smaller."
        case .notAFrame:
            "The bytes are no Reprise frame (they do not begin with \"RPR1\")."
        case .corrupt:
            "The frame was damaged on its way (its CRC32C does not match)."
        case .malformed:
            "The envelope is not valid protobuf, or would take more memory than its size allows."
        case .otherVersion(let version, _):
            "The sender speaks protocol version \(version); this is version \(WireCodec.protocolVersion)."
        case .unexpectedBody:
            "The envelope holds no message that travels in this direction."
        case .invalid(let field, let problem):
            "\(field) \(problem)."
        }
    }
}
