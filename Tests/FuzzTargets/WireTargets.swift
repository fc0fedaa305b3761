import Digests
import RolloutCore
import Serving
import Simulator
import Wire

extension FuzzTarget {
    /// Frames as they arrive, and bodies behind a checksum that is right, so that changes reach the readers of messages.
    static let wire = [
        FuzzTarget("frame", seeds: { Frames.simulated }) { bytes in
            try check(bytes, WireCodec())
        },
        FuzzTarget("message", seeds: { Frames.simulated.map { Array($0.dropFirst(WireCodec.headerByteCount)) } }) {
            body in
            try check(Frames.sealed(body), WireCodec())
        },
        FuzzTarget("chunks", seeds: { [[0, 0, 1, 1, 2, 2, 3, 3], [3, 3, 2, 2, 9, 0, 1, 1, 0, 0]] }, take: download),
        FuzzTarget("request", seeds: { requests.map { Array($0.utf8) } }) { bytes in
            do {
                let head = try RequestHead(bytes)
                try expect(bytes.count <= RequestHead.limit, "a head of \(bytes.count) bytes was taken")
                try expect(head.request.path.hasPrefix("/"), "the path is \(head.request.path)")
            } catch let malformed as RequestHead.Malformed {
                try expect((400..<600).contains(malformed.status), "the status is \(malformed.status)")
            }
        },
    ]

    private static let requests = [
        "GET /trajectories?split=train&text=a+b%20c&limit=20 HTTP/1.1\r\nHost: [::1]:8642\r\nAccept: */*\r\n\r\n",
        "POST http://127.0.0.1/ HTTP/1.0\nhost:a\nContent-Length: 3\n\n",
    ]

    private static func check(_ frame: [UInt8], _ codec: WireCodec) throws {
        if let envelope = try? codec.decodeNodeMessage(frame) {
            let again = try codec.decodeNodeMessage(codec.encode(envelope))
            try expect(again == envelope, "a node's message is another when it is read again: \(envelope)")
        }
        if let envelope = try? codec.decodeCoordinatorMessage(frame) {
            let again = try codec.decodeCoordinatorMessage(codec.encode(envelope))
            try expect(again == envelope, "a coordinator's message is another when it is read again: \(envelope)")
        }
    }

    /// Pairs of bytes say which chunk claims to come and with whose contents: a blob arrives whole or not at all.
    private static func download(_ script: [UInt8]) throws {
        let blob = (0..<250).map { UInt8($0) }
        let manifest = BlobManifest(of: blob, chunkByteCount: 64)
        var download = BlobDownload(manifest, window: 3)
        var whole: [UInt8] = []
        var effects = download.start(at: Instant(sinceStart: .zero))
        for (step, index) in stride(from: 0, to: script.count - 1, by: 2).enumerated() {
            let source = Int(script[index + 1])
            let bytes =
                source < manifest.chunks.count
                ? Array(blob[manifest.range(ofChunk: source)]) : Array(repeating: script[index + 1], count: source % 80)
            let chunk = Chunk(blob: manifest.digest, index: UInt32(script[index]), bytes: bytes)
            let now = Instant(sinceStart: .seconds(step))
            effects += download.receive(chunk, at: now) + download.tick(at: now)
        }
        var isFinished = false
        for effect in effects {
            switch effect {
            case .append(let index, let bytes):
                try expect(whole.count == manifest.range(ofChunk: Int(index)).lowerBound, "chunk \(index) out of turn")
                whole += bytes
            case .finished: isFinished = true
            default: break
            }
        }
        try expect(blob.starts(with: whole), "a wrong chunk was taken")
        try expect(!isFinished || whole == blob, "a blob is finished that is not whole")
    }
}

/// Frames that simulated clusters send: of every kind the shortest and the longest of a few KB.
enum Frames {
    static let simulated: [[UInt8]] = {
        var kinds: [String: [[UInt8]]] = [:]
        for seed in UInt64(1)...6 {
            for frame in SeedRun(seed: seed).remains().frames where frame.count < 4000 {
                guard let kind = kind(of: frame) else { continue }
                let known = kinds[kind] ?? [frame, frame]
                kinds[kind] = [
                    known[0].count <= frame.count ? known[0] : frame, known[1].count >= frame.count ? known[1] : frame,
                ]
            }
        }
        return kinds.sorted { $0.key < $1.key }.flatMap(\.value)
    }()

    private static func kind(of frame: [UInt8]) -> String? {
        let codec = WireCodec()
        if let envelope = try? codec.decodeNodeMessage(frame) { return name(envelope.message) }
        return (try? codec.decodeCoordinatorMessage(frame)).map { name($0.message) }
    }

    /// The name of a case, and of the case within it.
    private static func name(_ message: Any) -> String {
        let text = "\(type(of: message)) \(message)"
        let outer = String(text.prefix { $0 != "(" })
        return outer + (["sample(", "score(", "train(", "rationale("].first { text.contains($0) } ?? "")
    }

    /// A frame with that body.
    static func sealed(_ body: [UInt8]) -> [UInt8] {
        let checksum = CRC32C.checksum(body)
        return Array("RPR1".utf8) + (0..<4).map { UInt8(truncatingIfNeeded: checksum >> UInt32(8 * $0)) } + body
    }
}
