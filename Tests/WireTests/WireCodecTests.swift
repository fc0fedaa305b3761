import Digests
import RolloutCore
import Testing

@testable import Wire

struct WireCodecTests {
    let codec = WireCodec()

    @Test("Every kind of message comes back as it went", arguments: 0..<40)
    func roundTrip(seed: Int) throws {
        var random = RandomMessages(seed: UInt64(seed))
        for kind in 0..<RandomMessages.nodeKinds {
            let envelope = random.nodeMessage(kind)
            let frame = try codec.encode(envelope)
            #expect(try codec.decodeNodeMessage(frame) == envelope)
            #expect(try codec.encode(codec.decodeNodeMessage(frame)) == frame)
        }
        for kind in 0..<RandomMessages.coordinatorKinds {
            let envelope = random.coordinatorMessage(kind)
            let frame = try codec.encode(envelope)
            #expect(try codec.decodeCoordinatorMessage(frame) == envelope)
        }
    }

    @Test("Minus zero keeps its sign, for digests are over bit patterns")
    func minusZero() throws {
        var random = RandomMessages(seed: 1)
        let envelope = random.envelope(
            NodeMessage.result(
                TaskResult(
                    attempt: random.attempt(.score), inputDigest: .zero, resultDigest: .zero,
                    output: .score([Score(id: TrajectoryID(prompt: 0, sample: 0), reward: -0.0)]), computeTime: .zero)))
        let back = try codec.decodeNodeMessage(codec.encode(envelope))
        guard case .result(let result) = back.message, case .score(let scores) = result.output else {
            Issue.record("another message came back")
            return
        }
        #expect(scores.first?.reward?.sign == .minus)
    }

    @Test("A frame begins with RPR1 and the CRC32C of the rest, least significant byte first")
    func layout() throws {
        let frame = try codec.encode(
            Envelope(
                run: .zero, term: Term(rawValue: 0), incarnation: Incarnation(rawValue: 7), sequence: 1,
                message: NodeMessage.goodbye))
        #expect(Array(frame.prefix(4)) == Array("RPR1".utf8))
        let checksum = CRC32C.checksum(Array(frame.dropFirst(8)))
        #expect(frame[4] == UInt8(truncatingIfNeeded: checksum))
        #expect(frame[7] == UInt8(truncatingIfNeeded: checksum >> 24))
        // protocol_version = 1: field 1, varint.
        #expect(Array(frame[8..<10]) == [0x08, 0x01])
    }

    @Test("A message in the other direction is refused")
    func direction() throws {
        var random = RandomMessages(seed: 3)
        let fromNode = try codec.encode(random.nodeMessage(1))
        #expect(throws: WireError.unexpectedBody) { try codec.decodeCoordinatorMessage(fromNode) }
        let fromCoordinator = try codec.encode(random.coordinatorMessage(0))
        #expect(throws: WireError.unexpectedBody) { try codec.decodeNodeMessage(fromCoordinator) }
    }

    @Test("Another protocol version is named together with the incarnation to answer")
    func otherVersion() throws {
        var random = RandomMessages(seed: 4)
        let envelope = random.nodeMessage(1)
        var frame = try codec.encode(envelope)
        frame[9] = 2
        reseal(&frame)
        #expect(throws: WireError.otherVersion(2, envelope.incarnation)) { try codec.decodeNodeMessage(frame) }
    }

    @Test("Explanations are cut and freed of control characters rather than refused")
    func sentences() throws {
        var random = RandomMessages(seed: 5)
        let long = "line one\nline two \u{1B}[31m" + String(repeating: "é", count: 5000)
        let envelope = random.envelope(CoordinatorMessage.fenced(long))
        guard case .fenced(let text) = try codec.decodeCoordinatorMessage(codec.encode(envelope)).message else {
            Issue.record("another message came back")
            return
        }
        #expect(text.hasPrefix("line one line two  [31mé"))
        #expect(text.utf8.count <= WireLimits.sentenceByteCount && text.utf8.count > WireLimits.sentenceByteCount - 2)
    }
}

/// Writes the header anew after the envelope was changed.
func reseal(_ frame: inout [UInt8]) {
    let checksum = WireCodec.checksum(frame)
    for index in 0..<4 { frame[4 + index] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * index)) }
}

/// The worked examples of proto/README.md.
struct SpecificationTests {
    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    @Test("The Goodbye of the specification")
    func goodbye() throws {
        let envelope = Envelope(
            run: Digest.of("run"), term: Term(rawValue: 3), incarnation: Incarnation(rawValue: 0x0102_0304_0506_0708),
            sequence: 9, message: NodeMessage.goodbye)
        #expect(
            hex(try WireCodec().encode(envelope))
                == "52505231d4c80b7c08011220acba25512100f80b56fc3ccd14c65be55d94800cda77585c5f41a887e398f9be"
                + "18032108070605040302012809b20100")
    }

    @Test("The result digest of the specification")
    func resultDigest() {
        let output = TaskOutput.score([
            Score(id: TrajectoryID(prompt: 4, sample: 0), reward: 0.5),
            Score(id: TrajectoryID(prompt: 4, sample: 1), reward: nil),
        ])
        #expect(output.digest.description == "fce8677dbb1323b85caa0348c3b083b8775dadc17475dd9857899492708c8c07")
    }
}
