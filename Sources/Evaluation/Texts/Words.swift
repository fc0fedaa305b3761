/// Texts as sequences of word numbers: words are what white space separates, numbered over all texts of a set.
struct Words {
    private(set) var texts: [[UInt32]] = []
    private var numbers: [Substring: UInt32] = [:]

    init(_ texts: [String]) {
        for text in texts {
            var words: [UInt32] = []
            for word in text.split(whereSeparator: \.isWhitespace) {
                let number = numbers[word] ?? UInt32(numbers.count)
                numbers[word] = number
                words.append(number)
            }
            self.texts.append(words)
        }
    }
}

/// Numbers n-grams: an n-gram is the number of its first n - 1 words and its last word.
struct GramNumbers {
    private var numbers: [UInt64: UInt32] = [:]

    /// The n-grams of every text, from those one word shorter.
    mutating func longer(_ shorter: [[UInt32]], words: [[UInt32]], n: Int) -> [[UInt32]] {
        numbers.removeAll(keepingCapacity: true)
        return zip(shorter, words).map { grams, words in
            guard words.count >= n else { return [] }
            return (0...(words.count - n)).map { start in
                let key = UInt64(grams[start]) << 32 | UInt64(words[start + n - 1])
                let number = numbers[key] ?? UInt32(numbers.count)
                numbers[key] = number
                return number
            }
        }
    }

    /// How many different n-grams the last call found.
    var distinct: Int { numbers.count }
}
