import Files
import JSONLines

/// Import of llama2.c's `tokenizer.bin`: SentencePiece's pieces with their scores.
///
/// Source: `tokenizer.py` and `run.c` of karpathy/llama2.c. There the neighbouring pair whose merged piece scores highest
/// merges first; here every way to make a piece of two others becomes a merge, ranked by the piece's score, as transformers'
/// converter does. The result is a tokenizer.json of Llama 2's kind, which other tools load too.
extension Tokenizer {
    private struct Piece {
        let text: String
        let score: Float
    }

    /// Reads a `tokenizer.bin`. `encode(_, addSpecial: true)` puts the begin token before the text, as its models expect.
    /// - Throws: `FileError`; `TokenizerError` when it is not such a file.
    public static func load(llamaC path: String) throws -> Tokenizer {
        let pieces = try pieces(of: try FileReader.contents(of: path, limit: 1 << 26), path: path)
        return try Tokenizer(json: Array((json(of: pieces).pretty + "\n").utf8), file: path)
    }

    private static func pieces(of bytes: [UInt8], path: String) throws(TokenizerError) -> [Piece] {
        func word(_ offset: Int) -> UInt32 {
            bytes[offset..<offset + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
        }
        let damaged = TokenizerError("\(path) is not a llama2.c tokenizer: a piece reaches beyond the end.")
        guard bytes.count >= 4 else { throw damaged }
        var pieces: [Piece] = []
        var offset = 4
        while offset < bytes.count {
            guard bytes.count - offset >= 8 else { throw damaged }
            let score = Float(bitPattern: word(offset))
            let length = Int(word(offset + 4))
            offset += 8
            guard length <= bytes.count - offset, !score.isNaN else { throw damaged }
            guard let text = String(validating: bytes[offset..<offset + length], as: UTF8.self) else {
                throw TokenizerError("\(path) is not a llama2.c tokenizer: piece \(pieces.count) is not UTF-8.")
            }
            offset += length
            pieces.append(Piece(text: spelling(text, id: pieces.count), score: score))
        }
        guard pieces.count > 3 else { throw TokenizerError("\(path) is not a llama2.c tokenizer: it has no pieces.") }
        return pieces
    }

    /// The exporter wrote spaces for ▁ and line ends around the begin and end tokens.
    private static func spelling(_ text: String, id: Int) -> String {
        switch id {
        case 0: "<unk>"
        case 1: "<s>"
        case 2: "</s>"
        default: text.replacing(" ", with: "▁")
        }
    }

    private static func json(of pieces: [Piece]) -> JSON {
        var vocabulary = JSONObject()
        var ids: [[UInt8]: Int] = [:]
        for (id, piece) in pieces.enumerated() {
            vocabulary[piece.text] = .integer(Int64(id))
            ids[Array(piece.text.utf8)] = id
        }
        let fallsBack = (0...255).allSatisfy { ids[Array(TokenizerParts.byteToken(UInt8($0)).utf8)] != nil }
        let added = (0..<3).map { id -> JSON in
            [
                "id": .integer(Int64(id)), "content": .string(pieces[id].text), "single_word": false, "lstrip": false,
                "rstrip": false, "normalized": false, "special": true,
            ]
        }
        let begin: JSON = ["SpecialToken": ["id": "<s>", "type_id": 0]]
        return [
            "version": "1.0", "truncation": .null, "padding": .null, "added_tokens": .array(added),
            "normalizer": [
                "type": "Sequence",
                "normalizers": [
                    ["type": "Prepend", "prepend": "▁"],
                    ["type": "Replace", "pattern": ["String": " "], "content": "▁"],
                ],
            ],
            "pre_tokenizer": .null,
            "post_processor": [
                "type": "TemplateProcessing",
                "single": [begin, ["Sequence": ["id": "A", "type_id": 0]]],
                "pair": [
                    begin, ["Sequence": ["id": "A", "type_id": 0]], ["Sequence": ["id": "B", "type_id": 1]],
                ],
                "special_tokens": ["<s>": ["id": "<s>", "ids": [1], "tokens": ["<s>"]]],
            ],
            "decoder": [
                "type": "Sequence",
                "decoders": [
                    ["type": "Replace", "pattern": ["String": "▁"], "content": " "],
                    ["type": "ByteFallback"],
                    ["type": "Fuse"],
                    ["type": "Strip", "content": " ", "start": 1, "stop": 0],
                ],
            ],
            "model": [
                "type": "BPE", "dropout": .null, "unk_token": "<unk>", "continuing_subword_prefix": .null,
                "end_of_word_suffix": .null, "fuse_unk": true, "byte_fallback": .bool(fallsBack),
                "ignore_merges": false,
                "vocab": .object(vocabulary), "merges": .array(merges(of: pieces, ids: ids)),
            ],
        ]
    }

    private static func merges(of pieces: [Piece], ids: [[UInt8]: Int]) -> [JSON] {
        var merges: [(score: Float, left: Int, right: Int, pair: JSON)] = []
        for piece in pieces.dropFirst(3) {
            let scalars = Array(piece.text.unicodeScalars)
            for cut in stride(from: 1, to: scalars.count, by: 1) {
                var left = String.UnicodeScalarView()
                var right = String.UnicodeScalarView()
                left.append(contentsOf: scalars[..<cut])
                right.append(contentsOf: scalars[cut...])
                let (first, second) = (String(left), String(right))
                guard let leftID = ids[Array(first.utf8)], let rightID = ids[Array(second.utf8)] else { continue }
                merges.append((piece.score, leftID, rightID, [.string(first), .string(second)]))
            }
        }
        return merges.sorted {
            $0.score != $1.score ? $0.score > $1.score : ($0.left, $0.right) < ($1.left, $1.right)
        }.map(\.pair)
    }
}
