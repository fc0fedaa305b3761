import Digests
import Numerics
import Personalization
import Synchronization

/// Vectors of letter counts: likeness one can work out by hand. Remembers what it was asked to embed.
final class FakeEmbedder: TextEmbedder {
    let digest: Digest
    let dimension = 26
    private let asked = Mutex<[String]>([])

    init(name: String = "letters") { digest = Digest.of(name) }

    /// Every text embedded so far, sorted.
    var texts: [String] { asked.withLock { $0.sorted() } }

    func embed(_ texts: [String], threads: Int, progress: (@Sendable (Int) -> Void)?) -> [Vector] {
        asked.withLock { $0 += texts }
        progress?(texts.count)
        return texts.map(Self.vector)
    }

    static func vector(_ text: String) -> Vector {
        let vector = Vector(count: 26)
        for byte in text.utf8 where (97...122).contains(byte) { vector[Int(byte) - 97] += 1 }
        if text.contains("NaN") { vector[0] = .nan }
        return vector
    }
}
