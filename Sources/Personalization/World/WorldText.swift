/// One text of the synthetic world, as decisions rather than words: what it is about, which habits it shows, its noise.
struct WorldText: Sendable, Equatable {
    /// A list of things, long enough that making one up costs more precision than it wins recall.
    struct Detail: Sendable, Equatable {
        var frame: Int
        /// All different.
        var things: [Int]
    }

    var adjective: Int
    var noun: Int
    var place: Int
    /// One to five stars; reviews alone show it.
    var rating: Int
    var isPositive: Bool
    var opening: Int?
    var frame: Int
    var pet: Int?
    var aspect: Int
    var manner: Int
    var judgement: Int
    var elaborates: Bool
    var detail: Detail?
    var closing: Int?
    var mark: WriterTraits.Mark

    /// Draws a text of a writer; `forProfile` makes it shorter.
    init(
        _ traits: WriterTraits, _ grammar: WorldGrammar, _ strength: HabitStrength, forProfile: Bool,
        _ random: inout SeededRandom
    ) {
        func phrase(_ own: Int, _ habit: HabitStrength.Phrase, count: Int, always: Bool = false) -> Int? {
            let drawn = random.weighted([habit.own, habit.other, always ? 0 : 1 - habit.own - habit.other])
            return drawn == 0 ? own : drawn == 1 ? random.below(count) : nil
        }
        func choice(_ own: Int, _ probability: Double, count: Int) -> Int {
            random.chance(probability) ? own : random.below(count)
        }
        adjective = random.below(WorldLexicon.adjectives.count)
        noun =
            random.chance(strength.favourite) ? random.pick(traits.favouriteNouns) : random.below(grammar.nouns.count)
        place =
            random.chance(strength.favourite)
            ? random.pick(traits.favouritePlaces) : random.below(WorldLexicon.places.count)
        rating = Self.rating(traits.bias, &random)
        // Three stars are read as the writer's bias suggests.
        isPositive = rating == 3 ? traits.bias != .strict : rating > 3
        opening = phrase(
            traits.opening, strength.opening, count: grammar.openings.count, always: grammar.alwaysOpens)
        frame = choice(traits.frame, strength.frame, count: grammar.frames.count)
        pet = phrase(traits.pet, strength.pet, count: grammar.pets.count)
        aspect = choice(traits.aspect, strength.word, count: grammar.aspects.count)
        manner = choice(traits.manner, strength.word, count: WorldLexicon.manners.count)
        judgement = choice(isPositive ? traits.praise : traits.blame, strength.word, count: WorldLexicon.praise.count)
        let talk = traits.talkativeness.rawValue
        elaborates = random.chance(strength.elaboration[talk])
        detail =
            random.chance(strength.detail[talk] * (forProfile ? strength.detailInProfile : 1))
            ? Detail(grammar, &random) : nil
        closing = phrase(traits.closing, strength.closing, count: grammar.closings.count)
        mark = random.chance(strength.mark) ? traits.mark : random.pick(WriterTraits.Mark.allCases)
    }

    private static func rating(_ bias: WriterTraits.Bias, _ random: inout SeededRandom) -> Int {
        switch bias {
        case .generous: 1 + random.weighted([0, 1, 2, 7, 10])
        case .mixed: 1 + random.weighted([3, 4, 3, 4, 3])
        case .strict: 1 + random.weighted([8, 7, 3, 2, 0])
        }
    }
}

extension WorldText.Detail {
    init(_ grammar: WorldGrammar, _ random: inout SeededRandom) {
        frame = random.below(grammar.details.count)
        let count = 6 + random.below(6)
        things = Array(random.shuffled(Array(WorldLexicon.things.indices)).prefix(count))
    }
}
