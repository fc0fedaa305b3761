/// Finds what recurs over documents. Every choice has a total order (score, then length, then first appearance), so that
/// the same profile always reads the same.
enum Recurrence {
    /// The phrases that documents begin and end with; runs inside them are not counted twice.
    struct Edges {
        var opening: [Substring]
        var closing: [Substring]

        init(opening: String, closing: String) {
            self.opening = opening.split(separator: " ")
            self.closing = closing.split(separator: " ")
        }

        /// The words of a document without a recurring beginning and end.
        func inner(_ words: [Word]) -> ArraySlice<Word> {
            var range = words.startIndex..<words.endIndex
            let spelled = words.map { Substring($0.text) }
            let lowered = (opening.map { Substring($0.lowercased()) }, closing.map { Substring($0.lowercased()) })
            if !opening.isEmpty, spelled.starts(with: lowered.0) { range = opening.count..<range.upperBound }
            if !closing.isEmpty, spelled.reversed().starts(with: lowered.1.reversed()) {
                range = range.lowerBound..<max(range.lowerBound, words.count - closing.count)
            }
            return words[range]
        }
    }

    private struct Candidate {
        var text: String
        var words: [Word]
        var documents: Int
        var order: Int
        /// Sum over the documents of how far into them it stands, from 0 to 1.
        var depth = 0.0

        /// Words that recur beyond the first document.
        var score: Int { (documents - 1) * words.count }

        static func precedes(_ a: Candidate, _ b: Candidate) -> Bool {
            if a.score != b.score { return a.score > b.score }
            if a.words.count != b.words.count { return a.words.count > b.words.count }
            return a.order < b.order
        }
    }

    /// The best common prefix of the documents' edges, as first written; empty when fewer than `least` share one.
    static func bestEdge(_ edges: [[Word]], least: Int) -> String {
        var found: [String: Candidate] = [:]
        for edge in edges {
            // One word is a habit when it stands alone, as a greeting or a signature, not as the start of a clause.
            for length in stride(from: min(2, edge.count), through: edge.count, by: 1) where length > 0 {
                let words = Array(edge.prefix(length))
                count(words, in: &found)
            }
        }
        let candidates = found.values.filter { candidate in
            candidate.documents >= least && !(candidate.words.count == 1 && CommonWords.contains(candidate.text))
                && !candidate.words.allSatisfy { isNumber($0.text) }
        }
        return candidates.min(by: Candidate.precedes)?.words.map(\.original).joined(separator: " ") ?? ""
    }

    private static func count(_ words: [Word], depth: Double = 0, in found: inout [String: Candidate]) {
        let text = words.map(\.text).joined(separator: " ")
        var candidate = found[text] ?? Candidate(text: text, words: words, documents: 0, order: found.count)
        candidate.documents += 1
        candidate.depth += depth
        found[text] = candidate
    }

    /// Runs of three to five words within a clause that at least `least` documents share. A run that overlaps a better one
    /// is left out; the others come in the order in which texts use them.
    static func phrases(_ documents: [[Word]], least: Int, edges: Edges, maximum: Int) -> [String] {
        var found: [String: Candidate] = [:]
        for document in documents {
            var seen = Set<String>()
            for (start, run) in runs(edges.inner(document))
            where seen.insert(run.map(\.text).joined(separator: " ")).inserted {
                count(run, depth: Double(start) / Double(document.count), in: &found)
            }
        }
        let ordered = found.values.filter { candidate in
            candidate.documents >= least && !candidate.words.allSatisfy { CommonWords.contains($0.text) }
                && !candidate.words.allSatisfy { isNumber($0.text) } && !isDangling(candidate.words)
        }.sorted(by: Candidate.precedes)
        var chosen: [Candidate] = []
        for candidate in ordered where chosen.count < maximum {
            let words = Set(candidate.words.map(\.text))
            let overlaps = chosen.contains { other in other.words.count { words.contains($0.text) } * 2 >= words.count }
            if !overlaps { chosen.append(candidate) }
        }
        let depths = chosen.map { $0.depth / Double($0.documents) }
        return chosen.indices.sorted { depths[$0] != depths[$1] ? depths[$0] < depths[$1] : $0 < $1 }
            .map { chosen[$0].words.map(\.original).joined(separator: " ") }
    }

    private static func isNumber(_ word: String) -> Bool {
        word.unicodeScalars.allSatisfy { $0.properties.numericType != nil }
    }

    /// A run that stops before the noun it leads to, as in `we propose a`.
    private static func isDangling(_ words: [Word]) -> Bool {
        ["a", "an", "the", "of", "and", "to", "in", "for", "with", "by", "on"].contains(words.last?.text)
    }

    private static func runs(_ words: ArraySlice<Word>) -> [(start: Int, words: [Word])] {
        var runs: [(start: Int, words: [Word])] = []
        for start in words.indices {
            var run: [Word] = []
            for word in words[start...].prefix(5) {
                run.append(word)
                if run.count >= 3 { runs.append((start, run)) }
                if word.endsClause { break }
            }
        }
        return runs
    }

    /// Words outside the common list that at least `least` documents use and that no phrase has spoken already.
    static func words(_ documents: [[Word]], least: Int, spoken: [String], maximum: Int) -> [String] {
        let spoken = Set(spoken.flatMap { $0.lowercased().split(separator: " ").map(String.init) })
        var counts: [String: (documents: Int, order: Int)] = [:]
        for document in documents {
            var seen = Set<String>()
            for word in document where seen.insert(word.text).inserted {
                let order = counts.count
                counts[word.text, default: (0, order)].documents += 1
            }
        }
        let candidates = counts.filter { word, count in
            count.documents >= least && word.unicodeScalars.count >= 3 && !spoken.contains(word)
                && !CommonWords.contains(word) && !isNumber(word)
        }
        return candidates.sorted { a, b in
            a.value.documents != b.value.documents
                ? a.value.documents > b.value.documents : a.value.order < b.value.order
        }.prefix(maximum).map(\.key)
    }
}
