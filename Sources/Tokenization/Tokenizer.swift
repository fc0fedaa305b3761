/// Text ↔ token ids, by a byte-pair vocabulary in the tokenizer.json format of Hugging Face's `tokenizers`.
///
/// Two families are read: byte-level (GPT-2, GPT-NeoX, Llama 3, Qwen 2) and SentencePiece-like with spaces written ▁ and a
/// fall-back to bytes (Llama 2). A text goes the way the reference takes it: cut out added tokens → normalise → cut out
/// normalised added tokens → split into words → merge each word. `truncation` and `padding` of the file are ignored: how long
/// an input may be is the caller's business.
///
/// A value is immutable and may be used by many threads at once.
public struct Tokenizer: Sendable {
    /// Everything read from the file.
    final class Definition: Sendable {
        let json: [UInt8]
        let ids: [[UInt8]: Int32]
        let tokens: [String?]
        let bytes: [[UInt8]]
        let special: [Int32]
        let isSpecial: [Bool]
        let normalization: Normalization
        let addedTokens: AddedTokenMatcher
        let addedNormalizedTokens: AddedTokenMatcher
        let splitter: WordSplitter
        let model: BytePairModel
        let prefix: [Int32]
        let suffix: [Int32]
        let scratch = ScratchPool()

        init(_ parts: TokenizerParts, json: [UInt8]) {
            self.json = json
            ids = parts.ids
            tokens = parts.tokens
            bytes = parts.bytes
            special = parts.special
            var isSpecial = [Bool](repeating: false, count: parts.tokens.count)
            for id in parts.special { isSpecial[Int(id)] = true }
            self.isSpecial = isSpecial
            normalization = parts.normalization
            addedTokens = AddedTokenMatcher(parts.added)
            addedNormalizedTokens = AddedTokenMatcher(parts.addedNormalized)
            splitter = parts.splitter
            model = parts.model
            prefix = parts.prefix
            suffix = parts.suffix
        }
    }

    let definition: Definition

    /// One more than the largest id; ids between that have no token encode nothing and decode to nothing.
    public var vocabularySize: Int { definition.tokens.count }

    /// Ids of tokens marked special, ascending.
    public var specialTokenIDs: [Int32] { definition.special }

    /// The tokenizer.json it was read from or trained to.
    public var json: [UInt8] { definition.json }

    /// The id of a token as the vocabulary spells it (`Ġthe`, `<|endoftext|>`).
    public func id(of token: String) -> Int32? { definition.ids[Array(token.utf8)] }

    /// A token as the vocabulary spells it.
    public func token(_ id: Int32) -> String? {
        definition.tokens.indices.contains(Int(id)) ? definition.tokens[Int(id)] : nil
    }

    /// The bytes a token stands for; a character may be spread over several tokens.
    public func bytes(of id: Int32) -> [UInt8] {
        definition.bytes.indices.contains(Int(id)) ? definition.bytes[Int(id)] : []
    }

    /// Tokens of a text.
    /// - Parameter addSpecial: whether to put the file's special tokens around it (for Llama: the begin token before).
    ///   Special tokens spelled out in the text are recognised either way.
    public func encode(_ text: String, addSpecial: Bool = false) -> [Int32] {
        let bytes = Array(text.utf8)
        var output: [Int32] = addSpecial ? definition.prefix : []
        output.reserveCapacity(bytes.count / 3 + 4)
        definition.scratch.withScratch { scratch in
            definition.addedTokens.split(bytes, 0..<bytes.count) { piece in
                switch piece {
                case .token(let id): output.append(id)
                case .text(let range): encode(bytes, range, &scratch, &output)
                }
            }
        }
        if addSpecial { output += definition.suffix }
        return output
    }

    private func encode(
        _ bytes: [UInt8], _ range: Range<Int>, _ scratch: inout ScratchPool.Scratch, _ output: inout [Int32]
    ) {
        let isFirst = range.lowerBound == 0
        let (bytes, range) = definition.normalization.normalize(bytes, range)
        definition.addedNormalizedTokens.split(bytes, range) { piece in
            switch piece {
            case .token(let id): output.append(id)
            case .text(let range):
                let (bytes, range) = definition.normalization.prefixed(
                    bytes, range, isFirst: isFirst && range.lowerBound == 0)
                var start = range.lowerBound
                while start < range.upperBound {
                    let end = definition.splitter.wordEnd(in: bytes, from: start, to: range.upperBound)
                    definition.model.encode(bytes, start, end, scratch: &scratch, into: &output)
                    start = end
                }
            }
        }
    }

    /// Text of tokens; bytes that form no character become U+FFFD, ids without a token nothing.
    /// - Parameters:
    ///   - skipSpecial: whether special tokens are left out.
    ///   - isContinuation: whether the tokens go on from others. Only SentencePiece-like vocabularies differ: at the start of
    ///     a text the space that encoding put there is dropped.
    public func decode(_ ids: [Int32], skipSpecial: Bool = true, isContinuation: Bool = false) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(ids.count * 4)
        var dropsSpace = definition.normalization.addsSpace && !isContinuation
        for id in ids where definition.bytes.indices.contains(Int(id)) {
            let isSpecial = definition.isSpecial[Int(id)]
            if isSpecial, skipSpecial { continue }
            let token = definition.bytes[Int(id)]
            bytes += dropsSpace && !isSpecial && token.first == UInt8(ascii: " ") ? token[1...] : token[...]
            dropsSpace = false
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
