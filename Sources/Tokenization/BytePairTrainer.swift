/// Learns byte-pair merges from texts: again and again the most frequent pair of neighbours becomes one token.
///
/// Source: Sennrich et al. 2016 (arXiv 1508.07909), in the order of Hugging Face's `BpeTrainer`: special tokens, then the 256
/// bytes, then merges by falling count; of equal counts the pair with the smaller ids comes first. So the same texts in any
/// order give the same vocabulary. Counts are kept per pair and changed only in the words that hold the merged pair.
struct BytePairTrainer {
    private struct Word {
        var symbols: [Int32]
        let count: Int
    }

    private struct Candidate: Comparable {
        let count: Int
        let pair: UInt64

        static func < (a: Candidate, b: Candidate) -> Bool {
            a.count != b.count ? a.count > b.count : a.pair < b.pair
        }
    }

    let vocabularySize: Int
    let minimumCount: Int
    private var words: [Word] = []
    private var counts: [UInt64: Int] = [:]
    private var holders: [UInt64: [Int32]] = [:]
    private var queue = MergeQueue<Candidate>()
    /// Bytes of every token; special tokens have none.
    private(set) var tokens: [[UInt8]]
    private(set) var merges: [(left: Int32, right: Int32)] = []
    private var ids: [[UInt8]: Int32] = [:]

    /// - Parameter firstByte: how many special tokens come before the bytes.
    init(words counted: [(word: [UInt8], count: Int)], vocabularySize: Int, minimumCount: Int, firstByte: Int) {
        self.vocabularySize = vocabularySize
        self.minimumCount = max(1, minimumCount)
        tokens = [[UInt8]](repeating: [], count: firstByte) + ByteAlphabet.byScalar.map { [$0] }
        var byteIDs = [Int32](repeating: 0, count: 256)
        for (offset, byte) in ByteAlphabet.byScalar.enumerated() {
            byteIDs[Int(byte)] = Int32(firstByte + offset)
            ids[[byte]] = Int32(firstByte + offset)
        }
        words = counted.map { Word(symbols: $0.word.map { byteIDs[Int($0)] }, count: $0.count) }
    }

    /// Merges until the vocabulary is full or no pair is frequent enough.
    mutating func train() {
        for (index, word) in words.enumerated() { count(word.symbols, by: word.count, holder: Int32(index)) }
        // The order of insertion does not reach the result: the queue's order is total.
        for (pair, count) in counts { queue.push(Candidate(count: count, pair: pair)) }
        while tokens.count < vocabularySize, let best = queue.pop() {
            let current = counts[best.pair] ?? 0
            if current != best.count {
                // Counted down since it was queued; a count that grew was queued again.
                if current > 0, current < best.count { queue.push(Candidate(count: current, pair: best.pair)) }
                continue
            }
            if current < minimumCount { return }
            merge(best.pair)
        }
    }

    private mutating func count(_ symbols: [Int32], by amount: Int, holder: Int32) {
        guard symbols.count > 1 else { return }
        for index in 1..<symbols.count {
            let pair = MergeTable.key(symbols[index - 1], symbols[index])
            counts[pair, default: 0] += amount
            holders[pair, default: []].append(holder)
        }
    }

    private mutating func merge(_ pair: UInt64) {
        let left = Int32(truncatingIfNeeded: pair >> 32)
        let right = Int32(truncatingIfNeeded: pair)
        let bytes = tokens[Int(left)] + tokens[Int(right)]
        let merged: Int32
        if let known = ids[bytes] {
            merged = known
        } else {
            merged = Int32(tokens.count)
            tokens.append(bytes)
            ids[bytes] = merged
        }
        merges.append((left, right))
        var changes: [UInt64: Int] = [:]
        var previous: Int32 = -1
        // Ascending and possibly repeated: a word is entered once for each time it came to hold the pair.
        for holder in (holders.removeValue(forKey: pair) ?? []).sorted() where holder != previous {
            previous = holder
            mergeWord(Int(holder), left, right, merged, &changes)
        }
        counts[pair] = nil
        for (changed, change) in changes where changed != pair && change != 0 {
            let count = (counts[changed] ?? 0) + change
            counts[changed] = count > 0 ? count : nil
            if change > 0 { queue.push(Candidate(count: count, pair: changed)) }
        }
    }

    private mutating func mergeWord(
        _ index: Int, _ left: Int32, _ right: Int32, _ merged: Int32, _ changes: inout [UInt64: Int]
    ) {
        let old = words[index].symbols
        var new: [Int32] = []
        new.reserveCapacity(old.count)
        var at = 0
        while at < old.count {
            if at + 1 < old.count, old[at] == left, old[at + 1] == right {
                new.append(merged)
                at += 2
            } else {
                new.append(old[at])
                at += 1
            }
        }
        if new.count == old.count { return }
        let amount = words[index].count
        for at in 1..<old.count { changes[MergeTable.key(old[at - 1], old[at]), default: 0] -= amount }
        for at in stride(from: 1, to: new.count, by: 1) {
            let pair = MergeTable.key(new[at - 1], new[at])
            changes[pair, default: 0] += amount
            if new[at - 1] == merged || new[at] == merged { holders[pair, default: []].append(Int32(index)) }
        }
        words[index].symbols = new
    }
}
