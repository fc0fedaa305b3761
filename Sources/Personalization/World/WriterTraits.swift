/// The latent traits of one invented writer. Numbers are places in the lists of the task's grammar.
struct WriterTraits: Sendable, Equatable {
    /// How much a writer writes.
    enum Talkativeness: Int, Sendable, CaseIterable { case brief, medium, wordy }
    /// How a writer ends what matters to them.
    enum Mark: Int, Sendable, CaseIterable { case period, exclamation, ellipsis, dash }
    /// How a writer judges.
    enum Bias: Int, Sendable, CaseIterable { case generous, mixed, strict }

    var opening: Int
    var closing: Int
    var pet: Int
    var frame: Int
    var aspect: Int
    var manner: Int
    var praise: Int
    var blame: Int
    var talkativeness: Talkativeness
    var mark: Mark
    var bias: Bias
    var favouriteNouns: [Int]
    var favouritePlaces: [Int]

    /// Draws a writer of the task.
    init(_ grammar: WorldGrammar, _ random: inout SeededRandom) {
        opening = random.below(grammar.openings.count)
        closing = random.below(grammar.closings.count)
        pet = random.below(grammar.pets.count)
        frame = random.below(grammar.frames.count)
        aspect = random.below(grammar.aspects.count)
        manner = random.below(WorldLexicon.manners.count)
        praise = random.below(WorldLexicon.praise.count)
        blame = random.below(WorldLexicon.blame.count)
        talkativeness = random.pick(Talkativeness.allCases)
        mark = random.pick(Mark.allCases)
        bias = Bias.allCases[random.weighted([5, 2, 3])]
        favouriteNouns = Array(random.shuffled(Array(grammar.nouns.indices)).prefix(4))
        favouritePlaces = Array(random.shuffled(Array(WorldLexicon.places.indices)).prefix(3))
    }
}

/// How often writers follow their traits. Never always: one document gives no trait away, several do.
public struct HabitStrength: Sendable, Equatable {
    /// A habit's phrase is the writer's own, someone else's, or (the rest) left out.
    public struct Phrase: Sendable, Equatable {
        /// Probability of the writer's own.
        public var own: Double
        /// Probability of any other.
        public var other: Double
        /// Two probabilities that add up to at most 1.
        public init(own: Double, other: Double) {
            self.own = own
            self.other = other
        }
    }
    /// First words.
    public var opening = Phrase(own: 0.65, other: 0.2)
    /// Last words.
    public var closing = Phrase(own: 0.5, other: 0.15)
    /// The pet phrase before the opinion.
    public var pet = Phrase(own: 0.5, other: 0.15)
    /// The sentence that says what the text is about; never left out.
    public var frame = 0.65
    /// Each word of the opinion.
    public var word = 0.65
    /// Punctuation.
    public var mark = 0.75
    /// Favourite things and places.
    public var favourite = 0.6
    /// The second thought, by talkativeness.
    public var elaboration = [0.1, 0.5, 0.9]
    /// The unpredictable detail, by talkativeness, in the texts to be written.
    public var detail = [0.6, 0.65, 0.7]
    /// Its factor in the shorter texts of the profile.
    public var detailInProfile = 0.25

    /// The strengths of the demo world.
    public init() {}
}
