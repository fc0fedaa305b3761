import JSONLines

/// A tokenizer.json taken apart and checked; whatever would change the tokens and is not known here is refused.
struct TokenizerParts {
    let file: String
    var ids: [[UInt8]: Int32] = [:]
    var tokens: [String?] = []
    var bytes: [[UInt8]] = []
    var special: [Int32] = []
    var added: [AddedTokenMatcher.Token] = []
    var addedNormalized: [AddedTokenMatcher.Token] = []
    var normalization = Normalization()
    var splitter = WordSplitter.whole
    var isByteLevel = false
    var model = BytePairModel(symbols: .bytes([]), merges: MergeTable(count: 0), wholeWords: [:])
    var prefix: [Int32] = []
    var suffix: [Int32] = []

    /// Ids beyond this are taken for damage, not for a vocabulary.
    static let largestVocabulary = 1 << 24

    init(json: JSON, file: String) throws(TokenizerError) {
        self.file = file
        guard let model = json["model"], model.object != nil else { throw refused("it has no model") }
        try readNormalizer(Self.present(json["normalizer"]))
        try readPreTokenizer(Self.present(json["pre_tokenizer"]))
        try readVocabulary(model)
        try readAddedTokens(json["added_tokens"]?.array ?? [])
        try readModel(model)
        try readPostProcessor(Self.present(json["post_processor"]))
        decodeTokens(model)
    }

    func refused(_ why: String) -> TokenizerError {
        TokenizerError("\(file) is not a tokenizer that can be used: \(why).")
    }

    static func present(_ value: JSON?) -> JSON? { value == .null ? nil : value }

    private mutating func readNormalizer(_ value: JSON?) throws(TokenizerError) {
        guard let value else { return }
        switch value["type"]?.string {
        case "NFC": normalization.composes = true
        case "Prepend" where value["prepend"]?.string == "▁": normalization.prefix = .always
        case "Replace" where value["pattern"]?["String"]?.string == " " && value["content"]?.string == "▁":
            normalization.marksSpaces = true
        case "Sequence":
            for step in value["normalizers"]?.array ?? [] { try readNormalizer(step) }
        case let type: throw refused("its normalizer \(type ?? value.serialized()) is not known")
        }
    }

    private mutating func readPreTokenizer(_ value: JSON?) throws(TokenizerError) {
        guard let value else { return }
        switch value["type"]?.string {
        case "ByteLevel":
            isByteLevel = true
            if value["use_regex"]?.bool ?? true { try setSplitter(.gpt2) }
            if value["add_prefix_space"]?.bool ?? true { normalization.prefix = .wherePieceLacksIt }
        case "Split":
            guard let pattern = value["pattern"]?["Regex"]?.string, let known = WordSplitter(pattern: pattern) else {
                throw refused(
                    "its split pattern is not one of GPT-2's, Llama 3's and Qwen 2's: "
                        + (value["pattern"]?.serialized() ?? "none"))
            }
            let isInverted = value["invert"]?.bool ?? false
            let behavior = value["behavior"]?.string
            guard behavior == "Isolated" && !isInverted || behavior == "Removed" && isInverted else {
                throw refused("its split does something other than isolate the words")
            }
            try setSplitter(known)
        case "Metaspace":
            guard value["replacement"]?.string == "▁", value["split"]?.bool == false else {
                throw refused("its Metaspace splits, which is not known")
            }
            normalization.marksSpaces = true
            switch value["prepend_scheme"]?.string {
            case "first": normalization.prefix = .whereTextLacksIt
            case "always": normalization.prefix = .wherePieceLacksIt
            default: normalization.prefix = .none
            }
        case "Sequence":
            for step in value["pretokenizers"]?.array ?? [] { try readPreTokenizer(step) }
        case let type: throw refused("its pre_tokenizer \(type ?? value.serialized()) is not known")
        }
    }

    private mutating func setSplitter(_ new: WordSplitter) throws(TokenizerError) {
        guard splitter == .whole || splitter == new else { throw refused("it splits words by two patterns") }
        splitter = new
    }
}
