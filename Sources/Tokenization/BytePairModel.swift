/// A vocabulary and its merges: one word's bytes in, tokens out.
struct BytePairModel: Sendable {
    /// What a word is made of before any merge.
    enum Symbols: Sendable {
        /// Bytes; −1 for one that the vocabulary lacks (it is dropped, as the reference does).
        case bytes([Int32])
        /// Characters, as SentencePiece has them.
        case characters(CharacterSymbols)
    }

    struct CharacterSymbols: Sendable {
        /// Tokens of one scalar.
        let scalars: [UInt32: Int32]
        /// Tokens `<0x00>` to `<0xFF>` for characters without a token.
        let bytes: [Int32]?
        /// For characters that have neither.
        let unknown: Int32?
        /// Whether neighbouring unknown characters become one token.
        let fusesUnknown: Bool
    }

    let symbols: Symbols
    let merges: MergeTable
    /// Words that are tokens whatever the merges say, for vocabularies with `ignore_merges`.
    let wholeWords: [[UInt8]: Int32]

    /// Appends the tokens of one word.
    func encode(
        _ bytes: [UInt8], _ start: Int, _ end: Int, scratch: inout ScratchPool.Scratch, into output: inout [Int32]
    ) {
        guard end - start <= WordCache.longestWord else {
            encodeAnew(bytes, start, end, scratch: &scratch, into: &output)
            return
        }
        let hash = WordCache.hash(bytes, start, end)
        if scratch.cache.find(bytes, start, end, hash: hash, into: &output) { return }
        let first = output.count
        encodeAnew(bytes, start, end, scratch: &scratch, into: &output)
        scratch.cache.insert(bytes, start, end, hash: hash, tokens: output[first...])
    }

    private func encodeAnew(
        _ bytes: [UInt8], _ start: Int, _ end: Int, scratch: inout ScratchPool.Scratch, into output: inout [Int32]
    ) {
        if !wholeWords.isEmpty, let whole = wholeWords[Array(bytes[start..<end])] {
            output.append(whole)
            return
        }
        scratch.symbols.removeAll(keepingCapacity: true)
        switch symbols {
        case .bytes(let ids):
            for index in start..<end {
                let id = ids[Int(bytes[index])]
                if id >= 0 { scratch.symbols.append(id) }
            }
        case .characters(let characters):
            characters.append(bytes, start, end, to: &scratch.symbols)
        }
        scratch.merger.merge(&scratch.symbols, with: merges)
        output += scratch.symbols
    }
}

extension BytePairModel.CharacterSymbols {
    fileprivate func append(_ text: [UInt8], _ start: Int, _ end: Int, to symbols: inout [Int32]) {
        var at = start
        var afterUnknown = false
        while at < end {
            let length = text[at] < 0x80 ? 1 : text[at] < 0xE0 ? 2 : text[at] < 0xF0 ? 3 : 4
            let next = min(at + length, end)
            let scalar = String(decoding: text[at..<next], as: UTF8.self).unicodeScalars.first?.value ?? 0
            if let id = scalars[scalar] {
                symbols.append(id)
                afterUnknown = false
            } else if let bytes {
                for index in at..<next { symbols.append(bytes[Int(text[index])]) }
                afterUnknown = false
            } else if let unknown {
                if !(afterUnknown && fusesUnknown) { symbols.append(unknown) }
                afterUnknown = true
            }
            at = next
        }
    }
}
