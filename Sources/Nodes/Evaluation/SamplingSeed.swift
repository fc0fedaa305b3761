import Digests
import RolloutCore

/// Where every random number of sampling comes from.
enum SamplingSeed {
    /// One number per (run seed, iteration, split, kind, decoding); with prompt, sample and token it is the key of every
    /// random number.
    static func of(run seed: UInt64, _ task: TaskID, decoding: Int) -> UInt64 {
        var digest = DigestBuilder("reprise.seed.v1")
        digest.add(seed)
        digest.add(Int(task.iteration))
        digest.add(Int(task.split.rawValue))
        digest.add(Int(task.kind.rawValue))
        if decoding > 0 { digest.add(decoding) }
        return digest.finish().bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
