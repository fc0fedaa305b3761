public import Digests
public import Files
import Synchronization

/// WordNet's synonyms, read from its own files (`dict` of WordNet 3; formats: wndb(5WN)), as NLTK's corpus reader finds them.
///
/// A form's base forms are those of NLTK's morphy: the form itself and, where the exception list has none for it, what one
/// detachment rule makes of it, as far as the index knows them. Synonyms are all words of all their synsets, of all four
/// parts of speech, spelled as in the files.
public final class WordNet: Sendable {
    /// Names the files' content: two nodes with equal digests give equal synonyms.
    public let digest: Digest
    private let parts: [Part]
    private let known = Mutex<[String: Set<String>]>([:])

    /// Reads `index.*`, `data.*` and `*.exc` of a directory; 30 MB for WordNet 3.
    ///
    /// - Throws: `FileError` when one is missing.
    public init(directory: String) throws(FileError) {
        var parts: [Part] = []
        var digest = DigestBuilder("reprise.wordnet.v1")
        for (name, rules) in Self.rules {
            let part = try Part(directory: directory, name: name, rules: rules)
            digest.add(Digest.of(part.index))
            digest.add(Digest.of(part.data))
            parts.append(part)
        }
        self.parts = parts
        self.digest = digest.finish()
    }

    /// Every word that means one of the things the form means, without those of several words. Empty for what is no word.
    public func synonyms(of form: String) -> Set<String> {
        known.withLock { known in
            if let found = known[form] { return found }
            var synonyms: Set<String> = []
            for part in parts { part.add(synonymsOf: form.lowercased(), to: &synonyms) }
            if known.count > 1 << 17 { known = [:] }
            known[form] = synonyms
            return synonyms
        }
    }

    /// What morphy takes off the end of a form, by part of speech.
    private static let rules: [(String, [(String, String)])] = [
        (
            "noun",
            [
                ("s", ""), ("ses", "s"), ("ves", "f"), ("xes", "x"), ("zes", "z"), ("ches", "ch"), ("shes", "sh"),
                ("men", "man"), ("ies", "y"),
            ]
        ),
        (
            "verb",
            [
                ("s", ""), ("ies", "y"), ("es", "e"), ("es", ""), ("ed", "e"), ("ed", ""), ("ing", "e"), ("ing", ""),
            ]
        ),
        ("adj", [("er", ""), ("est", ""), ("er", "e"), ("est", "e")]),
        ("adv", []),
    ]
}

/// One part of speech.
private struct Part: Sendable {
    let index: [UInt8]
    let data: [UInt8]
    private let rules: [(String, String)]
    private let exceptions: [String: [String]]

    init(directory: String, name: String, rules: [(String, String)]) throws(FileError) {
        index = try FileReader.contents(of: "\(directory)/index.\(name)", limit: 1 << 28)
        data = try FileReader.contents(of: "\(directory)/data.\(name)", limit: 1 << 28)
        self.rules = rules
        let text = String(
            decoding: try FileReader.contents(of: "\(directory)/\(name).exc", limit: 1 << 26), as: UTF8.self)
        var exceptions: [String: [String]] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            if let form = words.first { exceptions[form] = Array(words.dropFirst()) }
        }
        self.exceptions = exceptions
    }

    func add(synonymsOf form: String, to synonyms: inout Set<String>) {
        let bases =
            exceptions[form]
            ?? rules.compactMap { old, new in form.hasSuffix(old) ? String(form.dropLast(old.count)) + new : nil }
        for base in [form] + bases {
            for offset in offsets(of: base) { add(synset: offset, to: &synonyms) }
        }
    }

    /// `lemma pos synset_cnt p_cnt [symbol…] sense_cnt tagsense_cnt offset…`: found by halving, for lines are in the order of
    /// their bytes.
    private func offsets(of lemma: String) -> [Int] {
        guard !lemma.isEmpty, !lemma.utf8.contains(UInt8(ascii: " ")) else { return [] }
        let key = Array(lemma.utf8) + [UInt8(ascii: " ")]
        var (low, high) = (0, index.count)
        while low < high {
            var start = (low + high) / 2
            while start > low, index[start - 1] != UInt8(ascii: "\n") { start -= 1 }
            let end = index[start...].firstIndex(of: UInt8(ascii: "\n")) ?? index.count
            let line = index[start..<end]
            if line.starts(with: key) {
                let fields = String(decoding: line, as: UTF8.self).split(separator: " ")
                guard fields.count > 3, let count = Int(fields[2]) else { return [] }
                return fields.suffix(count).compactMap { Int($0) }
            }
            if line.lexicographicallyPrecedes(key) { low = end + 1 } else { high = start }
        }
        return []
    }

    /// `offset lex_filenum ss_type w_cnt word lex_id [word lex_id…] …`, w_cnt in base 16; adjectives may have a marker such
    /// as `(p)` behind them.
    private func add(synset offset: Int, to synonyms: inout Set<String>) {
        guard data.indices.contains(offset) else { return }
        let end = data[offset...].firstIndex(of: UInt8(ascii: "|")) ?? data.count
        let fields = String(decoding: data[offset..<end], as: UTF8.self).split(separator: " ")
        guard fields.count > 4, let count = Int(fields[3], radix: 16) else { return }
        for place in 0..<count where 4 + 2 * place < fields.count {
            let word = fields[4 + 2 * place].prefix { $0 != "(" }
            if !word.contains("_") { synonyms.insert(String(word)) }
        }
    }
}
