@testable import Personalization

/// What an ideal writer scores in the synthetic world, given more or less knowledge: the bounds a trained model moves in.
struct WorldOracle {
    var world: SyntheticWorld
    var split = DataSplit.test
    var k = 4

    /// Mean ROUGE-L over every writer of the split.
    func score(_ predict: (SyntheticWorld.Writer, [SyntheticWorld.Writer], Int) -> String) -> Double {
        var (sum, count) = (0.0, 0)
        for task in SyntheticWorld.tasks {
            let writers = world.writers(task, split)
            for (index, writer) in writers.enumerated() {
                let reference = SyntheticWorld.request(writer.answer, writer.grammar).output
                sum += RougeL.score(predict(writer, writers, index), reference)
                count += 1
            }
        }
        return sum / Double(count)
    }

    /// Knows the traits; writes every habit and no detail.
    var ideal: Double { score { writer, _, _ in self.write(writer, self.known(writer)) } }

    /// Counts habits over the k retrieved documents, takes the most frequent of each, writes no detail.
    func majority(documents k: Int) -> Double { score { writer, _, _ in self.write(writer, self.counted(writer, k)) } }

    /// Counts over the retrieved documents of the next writer of the task.
    var shuffled: Double {
        score { writer, all, index in
            var stranger = writer
            stranger.documents = all[(index + 1) % all.count].documents
            return self.write(writer, self.counted(stranger, self.k))
        }
    }

    /// As majority, but each optional part is written when it is more likely than not, a detail with made-up content
    /// included: what a perfectly calibrated model writes when it is decoded greedily.
    var likeliest: Double {
        score { writer, _, _ in
            var text = self.counted(writer, self.k)
            let shown = self.shown(writer, self.k)
            let half = { (present: Int) in present * 2 > shown.count }
            if !half(shown.count { $0.opening != nil }), !writer.grammar.alwaysOpens { text.opening = nil }
            if !half(shown.count { $0.pet != nil }) { text.pet = nil }
            if !half(shown.count { $0.closing != nil }) { text.closing = nil }
            var random = SeededRandom(seed: 9, label: writer.name)
            if writer.traits.talkativeness != .brief { text.detail = WorldText.Detail(writer.grammar, &random) }
            return self.write(writer, text)
        }
    }

    /// Knows the traits and writes as references are written: habits now and then, details made up.
    var sampled: Double {
        score { writer, _, _ in
            var random = SeededRandom(seed: 11, label: writer.name)
            var text = WorldText(writer.traits, writer.grammar, self.world.strength, forProfile: false, &random)
            if writer.grammar.task == .productReview { text.isPositive = writer.answer.isPositive }
            return self.write(writer, text)
        }
    }

    // MARK: Guesses

    private func known(_ writer: SyntheticWorld.Writer) -> WorldText {
        var text = writer.answer
        let traits = writer.traits
        (text.opening, text.closing, text.pet) = (traits.opening, traits.closing, traits.pet)
        (text.frame, text.aspect, text.manner, text.mark) = (traits.frame, traits.aspect, traits.manner, traits.mark)
        if writer.grammar.task != .productReview { text.isPositive = traits.bias != .strict }
        text.judgement = text.isPositive ? traits.praise : traits.blame
        text.elaborates = traits.talkativeness != .brief
        text.detail = nil
        return text
    }

    private func shown(_ writer: SyntheticWorld.Writer, _ k: Int) -> [WorldText] {
        let rankings = try? Retriever.bm25(BM25.Parameters()).rank([SyntheticWorld.example(writer, split)], k: k)
        return (rankings?.first?.documents ?? []).compactMap {
            $0.index < writer.documents.count ? writer.documents[$0.index] : nil
        }
    }

    private func counted(_ writer: SyntheticWorld.Writer, _ k: Int) -> WorldText {
        let shown = shown(writer, k)
        var text = writer.answer
        text.opening = mode(shown.compactMap(\.opening))
        text.closing = mode(shown.compactMap(\.closing))
        text.pet = mode(shown.compactMap(\.pet))
        text.frame = mode(shown.map(\.frame)) ?? 0
        text.aspect = mode(shown.map(\.aspect)) ?? 0
        text.manner = mode(shown.map(\.manner)) ?? 0
        if writer.grammar.task != .productReview {
            text.isPositive = shown.count(where: \.isPositive) * 2 >= shown.count
        }
        let positive = text.isPositive
        text.judgement = mode(shown.filter { $0.isPositive == positive }.map(\.judgement)) ?? 0
        text.elaborates = shown.count(where: \.elaborates) * 2 >= shown.count
        text.detail = nil
        return text
    }

    private func mode(_ values: [Int]) -> Int? {
        values.max { a, b in
            let (countOfA, countOfB) = (values.count { $0 == a }, values.count { $0 == b })
            return countOfA != countOfB ? countOfA < countOfB : a > b
        }
    }

    /// The guess about the text the request asks for: subject, rating and, for e-mails, the beginning are given.
    private func write(_ writer: SyntheticWorld.Writer, _ guess: WorldText) -> String {
        var text = guess
        (text.adjective, text.noun, text.place) = (writer.answer.adjective, writer.answer.noun, writer.answer.place)
        if writer.grammar.task == .emailCompletion { text.opening = writer.answer.opening }
        return SyntheticWorld.request(text, writer.grammar).output
    }
}

/// ROUGE-L F1 over lower-cased words, without stemming: enough to compare guesses.
enum RougeL {
    static func score(_ prediction: String, _ reference: String) -> Double {
        let (a, b) = (WordRule.words.words(of: prediction), WordRule.words.words(of: reference))
        guard !a.isEmpty, !b.isEmpty else { return 0 }
        var row = [Int](repeating: 0, count: b.count + 1)
        for word in a {
            var diagonal = 0
            for column in b.indices {
                let above = row[column + 1]
                row[column + 1] = word == b[column] ? diagonal + 1 : max(above, row[column])
                diagonal = above
            }
        }
        return 2 * Double(row[b.count]) / Double(a.count + b.count)
    }
}
