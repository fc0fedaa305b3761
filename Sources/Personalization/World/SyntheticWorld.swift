/// A seeded world of invented writers, in LongLaMP's schema, in which the profile really helps.
///
/// Every writer has latent traits: how they open and close, a pet phrase, a way to say what the text is about, what they
/// look at and the words they judge it by, how much they write, their punctuation, how they rate, favourite topics. A
/// reference then holds (i) what the request decides, (ii) habits the traits decide, each shown only most of the time, so
/// that several documents must be aggregated to know them, and (iii) details that nobody can predict. A model that writes
/// as references are written scores less than one that writes each habit and no details: this is what self-training with
/// a reward can find and supervised fine-tuning cannot.
///
/// Writers are numbered, belong to one task and one split. The same parameters and seed give the same bytes everywhere.
public struct SyntheticWorld: Sendable {
    /// How large the world is.
    public struct Size: Sendable, Equatable {
        /// Writers of each task, by split; each has one row.
        public var train: Int
        /// Writers of each task in the validation split.
        public var validation: Int
        /// Writers of each task in the test split.
        public var test: Int
        /// Fewest earlier documents of a writer.
        public var fewestDocuments: Int
        /// Most earlier documents of a writer.
        public var mostDocuments: Int

        /// The demo's size unless said: 480, 80 and 160 rows over the four tasks.
        public init(
            train: Int = 120, validation: Int = 20, test: Int = 40, fewestDocuments: Int = 6, mostDocuments: Int = 10
        ) {
            self.train = train
            self.validation = validation
            self.test = test
            self.fewestDocuments = fewestDocuments
            self.mostDocuments = mostDocuments
        }

        func writers(_ split: DataSplit) -> Int {
            switch split {
            case .train: train
            case .validation: validation
            case .test: test
            }
        }
    }

    /// Decides everything.
    public var seed: UInt64
    /// How large it is.
    public var size: Size
    /// How often writers follow their traits.
    public var strength: HabitStrength

    /// The tasks the world has.
    public static let tasks = WorldGrammar.all.map(\.task)

    /// A world of this seed and size.
    public init(seed: UInt64, size: Size = Size(), strength: HabitStrength = HabitStrength()) {
        self.seed = seed
        self.size = size
        self.strength = strength
    }

    /// A writer with everything they wrote, as decisions.
    struct Writer: Sendable {
        var number: Int
        var grammar: WorldGrammar
        var traits: WriterTraits
        var documents: [WorldText]
        /// What the row asks for.
        var answer: WorldText

        var name: String {
            let digits = String(number)
            return "user-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        }
    }

    /// The writers of one task in one split, numbered through over tasks and splits.
    func writers(_ task: WritingTask, _ split: DataSplit) -> [Writer] {
        var first = 1
        for grammar in WorldGrammar.all {
            for other in DataSplit.allCases {
                if grammar.task == task, other == split {
                    return (0..<size.writers(split)).map { index in
                        writer(first + index, grammar, label: "\(split.rawValue) \(index)")
                    }
                }
                first += size.writers(other)
            }
        }
        return []
    }

    /// Draws one writer from a stream named by the label, so that more writers of one kind change no other writer.
    func writer(_ number: Int, _ grammar: WorldGrammar, label: String) -> Writer {
        var random = SeededRandom(seed: seed, label: "\(grammar.task.rawValue) \(label)")
        let traits = WriterTraits(grammar, &random)
        let spread = max(0, size.mostDocuments - size.fewestDocuments) + 1
        let count = max(0, size.fewestDocuments) + random.below(spread)
        let documents = (0..<count).map { _ in WorldText(traits, grammar, strength, forProfile: true, &random) }
        let answer = WorldText(traits, grammar, strength, forProfile: false, &random)
        return Writer(number: number, grammar: grammar, traits: traits, documents: documents, answer: answer)
    }
}
