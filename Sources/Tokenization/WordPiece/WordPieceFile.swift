import JSONLines

/// A tokenizer.json of the BERT type taken apart and checked; whatever would change the tokens and is not known here is
/// refused.
struct WordPieceFile {
    let json: JSON
    let file: String

    func definition() throws(TokenizerError) -> WordPieceTokenizer.Definition {
        guard let model = json["model"], model["type"]?.string == "WordPiece" else {
            throw refused(
                "its model is \(json["model"]?["type"]?.string ?? "none"); encoders of the BERT type have WordPiece")
        }
        var definition = WordPieceTokenizer.Definition(tokens: try tokens(model), unknown: 0)
        func id(_ name: String) throws(TokenizerError) -> Int32 {
            guard let id = definition.tokens.firstIndex(of: name) else { throw refused("it has no token \(name)") }
            return Int32(id)
        }
        definition.unknown = try id(model["unk_token"]?.string ?? "[UNK]")
        definition.continuation = model["continuing_subword_prefix"]?.string ?? "##"
        definition.mostCharacters = model["max_input_chars_per_word"]?.integer ?? 100
        definition.normalization = try normalization()
        guard json["pre_tokenizer"]?["type"]?.string == "BertPreTokenizer" else {
            throw refused("its pre_tokenizer is not BertPreTokenizer")
        }
        for entry in json["added_tokens"]?.array ?? [] {
            guard let content = entry["content"]?.string, entry["normalized"]?.bool == false,
                entry["single_word"]?.bool != true
            else { throw refused("its added token \(entry.serialized()) is of a kind that is not known") }
            definition.special.append(
                AddedTokenMatcher.Token(
                    id: try id(content), bytes: Array(content.utf8), stripsLeft: entry["lstrip"]?.bool ?? false,
                    stripsRight: entry["rstrip"]?.bool ?? false))
        }
        (definition.prefix, definition.suffix) = try surroundings { name throws(TokenizerError) in try id(name) }
        return definition
    }

    private func refused(_ why: String) -> TokenizerError {
        TokenizerError("\(file) is not a tokenizer of the BERT type that can be used: \(why).")
    }

    private func tokens(_ model: JSON) throws(TokenizerError) -> [String?] {
        guard let vocabulary = model["vocab"]?.object else { throw refused("its model has no vocab") }
        var tokens: [String?] = []
        func add(_ token: String, _ value: JSON?) throws(TokenizerError) {
            guard let id = value?.integer, (0..<TokenizerParts.largestVocabulary).contains(id) else {
                throw refused("token \(token) has the id \(value?.serialized() ?? "none")")
            }
            while tokens.count <= id { tokens.append(nil) }
            if let other = tokens[id], other != token {
                throw refused("tokens \(other) and \(token) have the same id \(id)")
            }
            tokens[id] = token
        }
        for (token, value) in vocabulary { try add(token, value) }
        for entry in json["added_tokens"]?.array ?? [] {
            if let content = entry["content"]?.string { try add(content, entry["id"]) }
        }
        return tokens
    }

    private func normalization() throws(TokenizerError) -> BertNormalization {
        guard let rules = json["normalizer"], rules["type"]?.string == "BertNormalizer" else {
            throw refused("its normalizer is not BertNormalizer")
        }
        let lowercases = rules["lowercase"]?.bool ?? true
        return BertNormalization(
            cleans: rules["clean_text"]?.bool ?? true,
            separatesIdeographs: rules["handle_chinese_chars"]?.bool ?? true,
            stripsAccents: rules["strip_accents"]?.bool ?? lowercases, lowercases: lowercases)
    }

    /// The tokens before and after a text.
    private func surroundings(
        _ id: (String) throws(TokenizerError) -> Int32
    ) throws(TokenizerError) -> ([Int32], [Int32]) {
        let processor = json["post_processor"]
        switch processor?["type"]?.string {
        case "BertProcessing":
            guard let begin = processor?["cls"]?[0]?.string, let end = processor?["sep"]?[0]?.string else {
                throw refused("its post_processor names no cls and sep")
            }
            return ([try id(begin)], [try id(end)])
        case "TemplateProcessing":
            var around: ([Int32], [Int32]) = ([], [])
            var isAfterText = false
            for piece in processor?["single"]?.array ?? [] {
                if piece["Sequence"] != nil {
                    isAfterText = true
                } else if let name = piece["SpecialToken"]?["id"]?.string {
                    if isAfterText { around.1.append(try id(name)) } else { around.0.append(try id(name)) }
                } else {
                    throw refused("its template has an unknown piece")
                }
            }
            return around
        default:
            throw refused("its post_processor is neither TemplateProcessing nor BertProcessing")
        }
    }
}
