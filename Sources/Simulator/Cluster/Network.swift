import RolloutCore

/// One node's way to the coordinator and back.
struct Link {
    /// Nothing passes before this time; what is sent waits, within bounds.
    var cloggedUntil: Nanoseconds = 0
    var cutToCoordinatorUntil: Nanoseconds = 0
    var cutToNodeUntil: Nanoseconds = 0
    /// When the last message of each direction arrives, for those that keep their order.
    var lastToCoordinator: Nanoseconds = 0
    var lastToNode: Nanoseconds = 0
    /// Bytes held back by the clog.
    var heldBytes = 0
}

enum Direction { case toCoordinator, toNode }

/// What becomes of one frame on its way: when each copy arrives, and in what shape.
struct Delivery {
    var time: Nanoseconds
    var frame: [UInt8]
    var isDamaged = false
}

extension Simulation {
    /// Puts a frame on a link. Each copy has its own fate.
    func deliveries(
        of frame: [UInt8], carrying payload: Int, on index: Int, _ direction: Direction
    ) -> [Delivery] {
        coverage.messages += 1
        coverage.bytes += frame.count + payload
        let cut = direction == .toCoordinator ? links[index].cutToCoordinatorUntil : links[index].cutToNodeUntil
        if cut > now {
            coverage.count("message cut off")
            return []
        }
        if links[index].cloggedUntil > now {
            guard links[index].heldBytes + frame.count <= scenario.linkBytes else {
                coverage.count("queue full, message dropped")
                return []
            }
            links[index].heldBytes += frame.count
            witness.queued(links[index].heldBytes, limit: scenario.linkBytes)
        }
        var deliveries: [Delivery] = []
        for copy in 0..<(strikes(faults.duplication, .duplication) ? 2 : 1) {
            if strikes(faults.loss, .loss) { continue }
            deliveries.append(deliver(frame, carrying: payload, on: index, direction, isCopy: copy > 0))
        }
        return deliveries
    }

    private func deliver(
        _ frame: [UInt8], carrying payload: Int, on index: Int, _ direction: Direction, isCopy: Bool
    ) -> Delivery {
        var delay = Nanoseconds(messages.exponential(mean: Double(isFaulty ? faults.delay : .milliseconds(1))))
        if faults.has(.delay), strikes(0.01, .delay) { delay += .seconds(5) }
        let isBulk = payload > BlobManifest.chunkByteCount
        if direction == .toNode { delay += timeOnUplink(frame.count + payload, isBulk: isBulk) }
        var delivery = Delivery(time: max(now, links[index].cloggedUntil) + delay, frame: frame)
        // What stands for many chunks lets the messages between them pass.
        let overtakes = isCopy || isBulk || strikes(faults.reordering, .reordering)
        if !overtakes {
            let last = direction == .toCoordinator ? links[index].lastToCoordinator : links[index].lastToNode
            delivery.time = max(delivery.time, last + 1)
            if direction == .toCoordinator {
                links[index].lastToCoordinator = delivery.time
            } else {
                links[index].lastToNode = delivery.time
            }
        }
        if strikes(faults.bitFlip, .bitFlip) {
            damage(&delivery) { random, bytes in
                bytes[random.index(bytes.count)] ^= 1 << UInt8(random.index(8))
            }
        }
        if strikes(faults.truncation, .truncation) {
            damage(&delivery) { random, bytes in
                bytes.removeLast(1 + random.index(bytes.count))
            }
        }
        return delivery
    }

    /// All nodes share the way out of the coordinator's machine. Before a message that is no blob stand at most the chunks
    /// that nodes have asked for at a time, not whole blobs.
    private func timeOnUplink(_ byteCount: Int, isBulk: Bool) -> Nanoseconds {
        guard let load = scenario.load else { return 0 }
        func time(_ bytes: Int) -> Nanoseconds { Nanoseconds(Double(bytes) / load.bandwidth * 1e9) }
        uplinkFree = max(uplinkFree, now) + time(byteCount)
        let asked = nodes.count * Downloads.Pace().window * BlobManifest.chunkByteCount
        return isBulk ? uplinkFree - now : min(uplinkFree - now, time(asked + byteCount))
    }

    private func damage(_ delivery: inout Delivery, _ change: (inout SplitMix, inout [UInt8]) -> Void) {
        guard !delivery.frame.isEmpty else { return }
        change(&messages, &delivery.frame)
        delivery.isDamaged = true
    }
}
