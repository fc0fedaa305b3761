import Synchronization

/// Numbers for words, and each word's stem: tokenizing becomes one table look-up a word.
///
/// A word's number depends on what came before; only equality of numbers reaches a score. Threads share a vocabulary; each
/// text is tokenized under one lock.
final class Vocabulary: Sendable {
    private let words = Mutex(WordTable())

    /// How many words it knows.
    var count: Int { words.withLock { $0.count } }

    /// The numbers of `rouge_score`'s tokens, stemmed or not.
    func rougeTokens(_ text: String, stemming: Bool) -> [Int32] {
        let letters = RougeTokenizer.normalize(text)
        return words.withLock { words in
            var tokens: [Int32] = []
            tokens.reserveCapacity(letters.count / 5 + 1)
            var start = 0
            while start < letters.count {
                if letters[start] == 0 {
                    start += 1
                    continue
                }
                var end = start + 1
                while end < letters.count, letters[end] != 0 { end += 1 }
                let word = words.number(letters, start..<end)
                // ROUGE-1.5.5, and rouge_score after it, stems only words of more than three letters.
                tokens.append(stemming && end - start > 3 ? words.stem(word) : word)
                start = end + 1
            }
            return tokens
        }
    }

    /// The words of numbers.
    func texts(_ numbers: [Int32]) -> [String] { words.withLock { words in numbers.map { words.text($0) } } }

    /// The numbers of words, and of their stems.
    func numbers(of list: [String]) -> (words: [Int32], stems: [Int32]) {
        words.withLock { words in
            let numbers = list.map { word in
                let bytes = Array(word.utf8)
                return words.number(bytes, bytes.indices)
            }
            return (numbers, numbers.map { words.stem($0) })
        }
    }
}

/// An open-addressing table from words (bytes) to consecutive numbers.
private struct WordTable {
    private var bytes: [UInt8] = []
    private var starts: [Int] = [0]
    private var hashes: [UInt64] = []
    private var stems: [Int32] = []
    /// Number plus one; 0 is free. The count is a power of two, at least twice that of the words.
    private var slots = [Int32](repeating: 0, count: 1024)

    var count: Int { hashes.count }

    mutating func number(_ text: [UInt8], _ range: Range<Int>) -> Int32 {
        // FNV-1a, with a multiplicative finish because the slot is taken from the high bits.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in range { hash = (hash ^ UInt64(text[index])) &* 0x100_0000_01B3 }
        hash = (hash ^ hash >> 29) &* 0x9E37_79B9_7F4A_7C15
        var slot = firstSlot(hash)
        while slots[slot] != 0 {
            let number = Int(slots[slot] - 1)
            if hashes[number] == hash, equals(number, text, range) { return Int32(number) }
            slot = (slot + 1) & (slots.count - 1)
        }
        bytes.append(contentsOf: text[range])
        starts.append(bytes.count)
        hashes.append(hash)
        stems.append(-1)
        slots[slot] = Int32(count)
        if 2 * count > slots.count { grow() }
        return Int32(count - 1)
    }

    /// The number of the word's stem, computed once.
    mutating func stem(_ word: Int32) -> Int32 {
        let known = stems[Int(word)]
        if known >= 0 { return known }
        let stem = Array(PorterStemmer().stem(text(word)).utf8)
        let number = number(stem, stem.indices)
        stems[Int(word)] = number
        return number
    }

    func text(_ word: Int32) -> String {
        String(decoding: bytes[starts[Int(word)]..<starts[Int(word) + 1]], as: UTF8.self)
    }

    private func firstSlot(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 32) & (slots.count - 1) }

    private func equals(_ number: Int, _ text: [UInt8], _ range: Range<Int>) -> Bool {
        let start = starts[number]
        guard starts[number + 1] - start == range.count else { return false }
        for offset in 0..<range.count where bytes[start + offset] != text[range.lowerBound + offset] { return false }
        return true
    }

    private mutating func grow() {
        slots = [Int32](repeating: 0, count: 2 * slots.count)
        for (number, hash) in hashes.enumerated() {
            var slot = firstSlot(hash)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(number + 1)
        }
    }
}

/// Hands out the vocabulary in use, and starts a new one when it has grown large: whoever holds the old one keeps it.
final class VocabularyPool: Sendable {
    private let current = Mutex(Vocabulary())
    private let limit: Int

    /// - Parameter limit: words after which a new vocabulary starts.
    init(limit: Int = 1 << 18) { self.limit = limit }

    func vocabulary() -> Vocabulary {
        current.withLock { current in
            if current.count > limit { current = Vocabulary() }
            return current
        }
    }
}
