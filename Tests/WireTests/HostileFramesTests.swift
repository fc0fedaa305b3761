import Digests
import RolloutCore
import Testing

@testable import Wire

struct HostileFramesTests {
    let codec = WireCodec()

    private func smallFrames() throws -> [[UInt8]] {
        var random = RandomMessages(seed: 77)
        var frames: [[UInt8]] = []
        for kind in 0..<RandomMessages.nodeKinds { frames.append(try codec.encode(random.nodeMessage(kind))) }
        return frames.filter { $0.count < 600 }
    }

    @Test("Every truncation and every single flipped bit is refused")
    func damage() throws {
        let frames = try smallFrames()
        #expect(frames.count >= 4)
        var accepted = 0
        for frame in frames {
            for length in 0..<frame.count where (try? codec.decodeNodeMessage(Array(frame.prefix(length)))) != nil {
                accepted += 1
            }
            for bit in 0..<8 * frame.count {
                var damaged = frame
                damaged[bit / 8] ^= 1 << UInt8(bit % 8)
                if (try? codec.decodeNodeMessage(damaged)) != nil { accepted += 1 }
            }
        }
        #expect(accepted == 0)
    }

    @Test("Mutations behind a valid checksum are refused or read, and what is read encodes again", arguments: 0..<8)
    func mutations(seed: Int) throws {
        var random = RandomMessages(seed: UInt64(1000 + seed))
        var read = 0
        var refused = 0
        for round in 0..<1000 {
            var frame: [UInt8] = []
            if round.isMultiple(of: 2) {
                frame = try codec.encode(random.nodeMessage(round / 2 % RandomMessages.nodeKinds))
            } else {
                frame = try codec.encode(random.coordinatorMessage(round / 2 % RandomMessages.coordinatorKinds))
            }
            guard frame.count < 4000 else { continue }
            mutate(&frame, &random)
            reseal(&frame)
            if let value = try? codec.decodeNodeMessage(frame) {
                read += 1
                #expect(try codec.decodeNodeMessage(codec.encode(value)) == value)
            } else {
                refused += 1
            }
            if let value = try? codec.decodeCoordinatorMessage(frame) {
                read += 1
                #expect(try codec.decodeCoordinatorMessage(codec.encode(value)) == value)
            }
        }
        #expect(read > 10 && refused > 10)
    }

    private func mutate(_ frame: inout [UInt8], _ random: inout RandomMessages) {
        for _ in 0...random.below(3) {
            guard frame.count > 9 else { return }
            let place = 8 + random.below(Swift.min(frame.count - 8, 400))
            switch random.below(5) {
            case 0: frame[place] ^= 1 << UInt8(random.below(8))
            case 1: frame[place] = random.pick([0, 1, 0x7F, 0x80, 0xFF])
            case 2: frame.removeSubrange(place..<Swift.min(frame.count, place + 1 + random.below(8)))
            case 3: frame.insert(contentsOf: (0..<random.below(12)).map { _ in UInt8(random.below(256)) }, at: place)
            default: frame.append(contentsOf: frame[place..<Swift.min(frame.count, place + random.below(64))])
            }
        }
    }

    @Test("A MiB of empty submessages is refused within the memory budget")
    func emptySubmessages() {
        // Heartbeat (field 17) of 2^19 empty Attempts (field 1): 52 MiB with protobuf-c's own allocator.
        let attempts = Array(repeating: [0x0A, 0x00] as [UInt8], count: 1 << 19).flatMap(\.self)
        let length = varint(UInt64(attempts.count))
        var frame: [UInt8] = Array("RPR1".utf8) + [0, 0, 0, 0, 0x08, 0x01, 0x8A, 0x01] + length + attempts
        reseal(&frame)
        #expect(throws: WireError.malformed) { try codec.decodeNodeMessage(frame) }
    }

    @Test("A message within a message, ten thousand deep, costs no deep stack")
    func deep() throws {
        var random = RandomMessages(seed: 13)
        let envelope = random.envelope(NodeMessage.heartbeat(Heartbeat(held: [], credit: 7)))
        let whole = try codec.encode(envelope)
        var nested: [UInt8] = []
        for _ in 0..<10_000 { nested = [0x0A] + varint(UInt64(nested.count)) + nested }
        // Another heartbeat (field 17), whose attempts are its field 1.
        var known = whole + [0x8A, 0x01] + varint(UInt64(nested.count)) + nested
        reseal(&known)
        #expect(throws: WireError.self) { try codec.decodeNodeMessage(known) }
        // There is no field 100: what nobody knows is skipped as the bytes it is.
        var unknown = whole + [0xA2, 0x06] + varint(UInt64(nested.count)) + nested
        reseal(&unknown)
        #expect(try codec.decodeNodeMessage(unknown) == envelope)
    }

    @Test("Text that is no UTF-8 is refused; NUL is text")
    func text() throws {
        var random = RandomMessages(seed: 12)
        let envelope = random.envelope(CoordinatorMessage.fenced("QQQQ"))
        var frame = try codec.encode(envelope)
        let place = try #require(frame.lastIndex(of: UInt8(ascii: "Q")))
        frame[place] = 0xFF
        reseal(&frame)
        #expect {
            try codec.decodeCoordinatorMessage(frame)
        } throws: {
            "\($0)" == "Fenced.explanation is not valid UTF-8."
        }
    }

    private func varint(_ value: UInt64) -> [UInt8] {
        var value = value
        var bytes: [UInt8] = []
        while value >= 0x80 {
            bytes.append(UInt8(value & 0x7F) | 0x80)
            value >>= 7
        }
        return bytes + [UInt8(value)]
    }
}
