import JSONLines

/// Training a byte-level vocabulary.
extension Tokenizer {
    /// Learns a vocabulary from texts. The same texts, in any order and on any machine, give the same bytes.
    ///
    /// Words are split as GPT-2 does. Ids: special tokens in the order given, then the 256 bytes, then merges. Special tokens
    /// inside the texts are cut out and teach nothing.
    /// - Parameters:
    ///   - vocabularySize: the most tokens, special ones and bytes included; fewer when no pair is frequent enough.
    ///   - minimumCount: how often a pair must occur to become a token.
    /// - Throws: `TokenizerError` when the size has no room for bytes and special tokens, or two of these are equal.
    public static func train(
        texts: some Sequence<String>, vocabularySize: Int, specialTokens: [String] = ["<|endoftext|>"],
        minimumCount: Int = 2
    ) throws(TokenizerError) -> Tokenizer {
        guard vocabularySize >= 256 + specialTokens.count, vocabularySize <= TokenizerParts.largestVocabulary else {
            throw TokenizerError(
                "A vocabulary of \(vocabularySize) tokens cannot be trained: bytes and special tokens take "
                    + "\(256 + specialTokens.count), and \(TokenizerParts.largestVocabulary) is the most.")
        }
        guard Set(specialTokens).count == specialTokens.count, specialTokens.allSatisfy({ $0.unicodeScalars.count > 1 })
        else {
            throw TokenizerError("Special tokens must differ from each other and be longer than one character.")
        }
        var trainer = BytePairTrainer(
            words: countWords(texts, specialTokens: specialTokens), vocabularySize: vocabularySize,
            minimumCount: minimumCount, firstByte: specialTokens.count)
        trainer.train()
        return try Tokenizer(json: json(of: trainer, specialTokens: specialTokens), file: "The trained tokenizer")
    }

    /// Distinct words in order of first appearance; the order does not reach the vocabulary.
    private static func countWords(
        _ texts: some Sequence<String>, specialTokens: [String]
    ) -> [(word: [UInt8], count: Int)] {
        let special = AddedTokenMatcher(
            specialTokens.map { .init(id: 0, bytes: Array($0.utf8), stripsLeft: false, stripsRight: false) })
        let splitter = WordSplitter.gpt2
        var indices: [[UInt8]: Int] = [:]
        var words: [(word: [UInt8], count: Int)] = []
        for text in texts {
            let bytes = Array(text.utf8)
            special.split(bytes, 0..<bytes.count) { piece in
                guard case .text(let range) = piece else { return }
                var start = range.lowerBound
                while start < range.upperBound {
                    let end = splitter.wordEnd(in: bytes, from: start, to: range.upperBound)
                    let word = Array(bytes[start..<end])
                    if let index = indices[word] {
                        words[index].count += 1
                    } else {
                        indices[word] = words.count
                        words.append((word, 1))
                    }
                    start = end
                }
            }
        }
        return words
    }

    private static func json(of trainer: BytePairTrainer, specialTokens: [String]) -> [UInt8] {
        let names = specialTokens + trainer.tokens.dropFirst(specialTokens.count).map { ByteAlphabet.text(of: $0) }
        let byteLevel: JSON = [
            "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true,
        ]
        var vocabulary = JSONObject()
        for (id, name) in names.enumerated() { vocabulary[name] = .integer(Int64(id)) }
        let merges = trainer.merges.map { JSON.string(names[Int($0.left)] + " " + names[Int($0.right)]) }
        let added = specialTokens.enumerated().map { id, content -> JSON in
            [
                "id": .integer(Int64(id)), "content": .string(content), "single_word": false, "lstrip": false,
                "rstrip": false, "normalized": false, "special": true,
            ]
        }
        let document: JSON = [
            "version": "1.0", "truncation": .null, "padding": .null, "added_tokens": .array(added), "normalizer": .null,
            "pre_tokenizer": byteLevel, "post_processor": .null, "decoder": byteLevel,
            "model": [
                "type": "BPE", "dropout": .null, "unk_token": .null, "continuing_subword_prefix": .null,
                "end_of_word_suffix": .null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
                "vocab": .object(vocabulary), "merges": .array(merges),
            ],
        ]
        return Array((document.pretty + "\n").utf8)
    }
}
