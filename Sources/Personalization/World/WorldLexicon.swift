/// Words that all tasks of the synthetic world share.
enum WorldLexicon {
    static let adjectives = [
        "wooden", "silver", "tiny", "heavy", "modern", "rusty", "painted", "broken", "foreign", "portable", "humble",
        "polished", "gigantic", "faded", "sturdy", "simple", "colourful", "second", "winter", "midnight", "rural",
        "famous", "seasonal", "borrowed",
    ]
    static let places = [
        "garden", "kitchen", "harbour", "valley", "library", "attic", "village", "museum", "cellar", "meadow", "office",
        "castle", "tavern", "orchard", "station", "bakery", "barn", "tower", "stable", "chapel",
    ]
    static let manners = ["really", "simply", "truly", "rather", "utterly", "fairly", "awfully", "remarkably"]
    static let praise = [
        "splendid", "lovely", "brilliant", "superb", "charming", "perfect", "delightful", "solid", "impressive",
        "graceful", "convincing", "generous",
    ]
    static let blame = [
        "dreadful", "clumsy", "tiresome", "shabby", "hopeless", "awkward", "mediocre", "dull", "flimsy", "confusing",
        "careless", "bitter",
    ]
    static let things = [
        "buttons", "candles", "feathers", "coins", "ribbons", "stamps", "marbles", "spoons", "apples", "pencils",
        "boxes", "shells", "bottles", "socks", "postcards", "keys", "ropes", "plates", "hats", "stones", "forks",
        "needles", "corks", "bells", "brushes", "cups", "nails", "towels", "maps", "dice", "gloves", "pears", "onions",
        "seeds", "masks", "kites", "drums", "flags", "hooks", "jars", "lemons", "mittens", "napkins", "oars", "pins",
        "quilts", "rings", "scarves", "tiles", "umbrellas", "vases", "wheels", "yarn", "zippers", "acorns", "beads",
        "combs", "dolls", "erasers", "figs",
    ]
}

/// Phrases made of one part from each slot: a few words give many phrases, and every part is seen often.
struct PhrasePool: Sendable {
    private let slots: [[String]]

    init(_ slots: [[String]]) { self.slots = slots }

    var count: Int { slots.reduce(1) { $0 * $1.count } }

    /// The phrase of a number below `count`.
    subscript(number: Int) -> String {
        var rest = number
        var parts: [String] = []
        for slot in slots {
            parts.append(slot[rest % slot.count])
            rest /= slot.count
        }
        return parts.joined(separator: " ")
    }
}
