/// Text → token ids for encoders of the BERT type: BERT's normalisation and words, WordPiece, `[CLS]` and `[SEP]` around.
///
/// Read from a `vocab.txt` (as the original release has it) or a `tokenizer.json`; the tokens are those of Hugging Face's
/// `tokenizers`. A value is immutable and may be used by many threads at once.
public struct WordPieceTokenizer: Sendable {
    /// What is read from the files.
    struct Definition: Sendable {
        /// By id; nil where no token has it.
        var tokens: [String?]
        var unknown: Int32
        var continuation = "##"
        var mostCharacters = 100
        var normalization = BertNormalization()
        /// Spelled out in a text they are taken as they are.
        var special: [AddedTokenMatcher.Token] = []
        /// Before and after every text.
        var prefix: [Int32] = []
        var suffix: [Int32] = []
    }

    let definition: Definition
    private let ids: [[UInt8]: Int32]
    private let model: WordPieceModel
    private let specialTokens: AddedTokenMatcher

    init(_ definition: Definition) {
        self.definition = definition
        var ids: [[UInt8]: Int32] = [:]
        // Where a token stands twice, the later id counts, as in the reference.
        for (id, token) in definition.tokens.enumerated() {
            if let token { ids[Array(token.utf8)] = Int32(id) }
        }
        self.ids = ids
        model = WordPieceModel(
            ids: ids, unknown: definition.unknown, prefix: definition.continuation,
            mostCharacters: definition.mostCharacters)
        specialTokens = AddedTokenMatcher(definition.special)
    }

    /// One more than the largest id.
    public var vocabularySize: Int { definition.tokens.count }

    /// Tokens that stand around every text.
    public var specialCount: Int { definition.prefix.count + definition.suffix.count }

    /// The id of a token as the vocabulary spells it (`the`, `##ing`, `[CLS]`).
    public func id(of token: String) -> Int32? { ids[Array(token.utf8)] }

    /// Everything that decides the tokens, as bytes: equal for equal tokenizers, whatever file they were read from.
    public var identity: [UInt8] {
        let rules = definition.normalization
        let head = """
            wordpiece 1 \(definition.continuation) \(definition.mostCharacters) \(definition.unknown) \(definition.prefix) \
            \(definition.suffix) \(definition.special.map(\.id)) \(rules.cleans) \(rules.separatesIdeographs) \
            \(rules.stripsAccents) \(rules.lowercases)
            """
        return Array((head + "\n" + definition.tokens.map { $0 ?? "\u{0}" }.joined(separator: "\n")).utf8)
    }

    /// Tokens of a text between `[CLS]` and `[SEP]`.
    ///
    /// - Parameter limit: tokens at most, the two included: what is too long is cut at its end. Nil cuts nothing.
    public func encode(_ text: String, limit: Int? = nil) -> [Int32] {
        let bytes = Array(text.utf8)
        let room = limit.map { max(0, $0 - specialCount) } ?? .max
        var output: [Int32] = []
        specialTokens.split(bytes, 0..<bytes.count) { piece in
            switch piece {
            case .token(let id): output.append(id)
            case .text(let range):
                for word in definition.normalization.words(of: String(decoding: bytes[range], as: UTF8.self)) {
                    if output.count >= room { return }
                    model.encode(word, into: &output)
                }
            }
        }
        return definition.prefix + output.prefix(room) + definition.suffix
    }
}
