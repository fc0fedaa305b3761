/// One rule of steps 2 to 4: the suffix becomes the replacement when the stem before it is long enough.
struct StemRule: Sendable {
    let suffix: [UInt32]
    let replacement: [UInt32]
    /// The stem's measure must be above this.
    let measureAbove: Int
    /// How many letters of the suffix count as stem when it is measured.
    var lettersMeasured = 0
    /// Whether the stem must end in s or t.
    var isAfterSOrT = false

    init(_ suffix: String, _ replacement: String, measureAbove: Int = 0) {
        self.suffix = StemRules.letters(suffix)
        self.replacement = StemRules.letters(replacement)
        self.measureAbove = measureAbove
    }
}

/// The tables of Porter's algorithm. Within a step the order matters: the first suffix that fits decides.
enum StemRules {
    static func letters(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }

    static let ies = letters("ies")
    static let sses = letters("sses")
    static let ss = letters("ss")
    static let ied = letters("ied")
    static let eed = letters("eed")
    static let ed = letters("ed")
    static let ing = letters("ing")
    static let at = letters("at")
    static let bl = letters("bl")
    static let iz = letters("iz")
    static let ll = letters("ll")

    static let alli = StemRule("alli", "al")

    static let step2 = step2(short: StemRule("abli", "able"))

    static let step2Extended: [StemRule] = {
        var logi = StemRule("logi", "log")
        // The l counts as stem, so that geology goes the way of archaeology.
        logi.lettersMeasured = 1
        return step2(short: StemRule("bli", "ble")) + [StemRule("fulli", "ful"), logi]
    }()

    private static func step2(short: StemRule) -> [StemRule] {
        [
            StemRule("ational", "ate"), StemRule("tional", "tion"), StemRule("enci", "ence"), StemRule("anci", "ance"),
            StemRule("izer", "ize"), short, alli, StemRule("entli", "ent"), StemRule("eli", "e"),
            StemRule("ousli", "ous"),
            StemRule("ization", "ize"), StemRule("ation", "ate"), StemRule("ator", "ate"), StemRule("alism", "al"),
            StemRule("iveness", "ive"), StemRule("fulness", "ful"), StemRule("ousness", "ous"), StemRule("aliti", "al"),
            StemRule("iviti", "ive"), StemRule("biliti", "ble"),
        ]
    }

    static let step3 = [
        StemRule("icate", "ic"), StemRule("ative", ""), StemRule("alize", "al"), StemRule("iciti", "ic"),
        StemRule("ical", "ic"), StemRule("ful", ""), StemRule("ness", ""),
    ]

    static let step4: [StemRule] = {
        let suffixes = [
            "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism", "ate",
            "iti",
            "ous", "ive", "ize",
        ]
        return suffixes.map { suffix in
            var rule = StemRule(suffix, "", measureAbove: 1)
            rule.isAfterSOrT = suffix == "ion"
            return rule
        }
    }()

    /// NLTK's irregular forms.
    static let irregular: [[UInt32]: [UInt32]] = {
        let forms = [
            ("sky", ["sky", "skies"]), ("die", ["dying"]), ("lie", ["lying"]), ("tie", ["tying"]), ("news", ["news"]),
            ("inning", ["innings", "inning"]), ("outing", ["outings", "outing"]), ("canning", ["cannings", "canning"]),
            ("howe", ["howe"]), ("proceed", ["proceed"]), ("exceed", ["exceed"]), ("succeed", ["succeed"]),
        ]
        var table: [[UInt32]: [UInt32]] = [:]
        for (stem, words) in forms { for word in words { table[letters(word)] = letters(stem) } }
        return table
    }()
}
