import JSONLines

/// Tokens, added tokens and merges of a tokenizer.json.
extension TokenizerParts {
    mutating func readVocabulary(_ model: JSON) throws(TokenizerError) {
        let type = model["type"]?.string ?? "BPE"
        guard type == "BPE" else { throw refused("its model is \(type); BPE is supported") }
        for key in ["continuing_subword_prefix", "end_of_word_suffix"] where !(model[key]?.string ?? "").isEmpty {
            throw refused("it has a \(key)")
        }
        if let dropout = model["dropout"]?.double, dropout > 0 {
            throw refused("it has dropout, which is for training")
        }
        guard let vocabulary = model["vocab"]?.object else { throw refused("its model has no vocab") }
        for (token, value) in vocabulary { try add(token, id: value) }
    }

    private mutating func add(_ token: String, id value: JSON?) throws(TokenizerError) {
        guard let id = value?.integer, (0..<Self.largestVocabulary).contains(id) else {
            throw refused("token \(token) has the id \(value?.serialized() ?? "none")")
        }
        while tokens.count <= id { tokens.append(nil) }
        if let other = tokens[id], other != token {
            throw refused("tokens \(other) and \(token) have the same id \(id)")
        }
        tokens[id] = token
        ids[Array(token.utf8)] = Int32(id)
    }

    mutating func readAddedTokens(_ list: [JSON]) throws(TokenizerError) {
        for entry in list {
            guard let content = entry["content"]?.string, !content.isEmpty else {
                throw refused("an added token has no content")
            }
            try add(content, id: entry["id"])
            if entry["single_word"]?.bool ?? false { throw refused("added token \(content) is single_word") }
            let id = ids[Array(content.utf8)] ?? 0
            if entry["special"]?.bool ?? false { special.append(id) }
            let isNormalized = entry["normalized"]?.bool ?? true
            var bytes = Array(content.utf8)
            if isNormalized { bytes = Array(normalization.normalize(bytes, 0..<bytes.count).0) }
            let token = AddedTokenMatcher.Token(
                id: id, bytes: bytes, stripsLeft: entry["lstrip"]?.bool ?? false,
                stripsRight: entry["rstrip"]?.bool ?? false)
            if isNormalized { addedNormalized.append(token) } else { added.append(token) }
        }
        special.sort()
    }

    mutating func readModel(_ json: JSON) throws(TokenizerError) {
        let list = json["merges"]?.array ?? []
        var merges = MergeTable(count: list.count)
        for (rank, merge) in list.enumerated() {
            guard let (left, right) = Self.pair(merge) else {
                throw refused("merge \(rank) is not a pair: \(merge.serialized())")
            }
            guard let leftID = ids[left], let rightID = ids[right], let merged = ids[left + right] else {
                throw refused(
                    "merge \(rank) (\(merge.serialized())) has a part or a result that is not in the vocabulary")
            }
            merges.insert(leftID, rightID, rank: UInt32(rank), merged: merged)
        }
        var wholeWords: [[UInt8]: Int32] = [:]
        if json["ignore_merges"]?.bool ?? false {
            for (id, token) in tokens.enumerated() {
                guard let token else { continue }
                guard let word = isByteLevel ? ByteAlphabet.bytes(of: token) : Array(token.utf8) else { continue }
                wholeWords[word] = Int32(id)
            }
        }
        model = BytePairModel(symbols: try symbols(json), merges: merges, wholeWords: wholeWords)
    }

    private static func pair(_ merge: JSON) -> ([UInt8], [UInt8])? {
        if let parts = merge.array {
            guard parts.count == 2, let left = parts[0].string, let right = parts[1].string else { return nil }
            return (Array(left.utf8), Array(right.utf8))
        }
        guard let text = merge.string else { return nil }
        let parts = text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        return parts.count == 2 ? (Array(parts[0]), Array(parts[1])) : nil
    }

    private func symbols(_ json: JSON) throws(TokenizerError) -> BytePairModel.Symbols {
        if isByteLevel {
            return .bytes((0...255).map { ids[Array(String(ByteAlphabet.scalars[$0]).utf8)] ?? -1 })
        }
        var scalars: [UInt32: Int32] = [:]
        for (id, token) in tokens.enumerated() {
            guard let scalar = token?.unicodeScalars.first, token?.unicodeScalars.count == 1 else { continue }
            scalars[scalar.value] = Int32(id)
        }
        var bytes: [Int32]?
        if json["byte_fallback"]?.bool ?? false {
            let found = (0...255).compactMap { ids[Array(Self.byteToken(UInt8($0)).utf8)] }
            guard found.count == 256 else {
                throw refused("it falls back to bytes but lacks some of the tokens <0x00>…<0xFF>")
            }
            bytes = found
        }
        let unknown = json["unk_token"]?.string.flatMap { ids[Array($0.utf8)] }
        return .characters(
            .init(scalars: scalars, bytes: bytes, unknown: unknown, fusesUnknown: json["fuse_unk"]?.bool ?? false))
    }

    static func byteToken(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return "<0x\(digits.count < 2 ? "0" : "")\(digits)>"
    }
}
