/// Porter's suffix stripper for English (M. F. Porter, "An algorithm for suffix stripping", Program 14.3, 1980).
///
/// Two variants: the algorithm as published, and the one with NLTK's extensions, which is what `rouge_score` and NLTK's
/// METEOR call "Porter". The letters are Unicode scalars, as in those implementations: whatever is not one of a, e, i, o, u
/// or y counts as a consonant, digits and accented letters too.
public struct PorterStemmer: Sendable {
    /// Which published algorithm.
    public enum Variant: Sendable {
        /// The paper's own.
        case original
        /// NLTK's default mode: irregular forms, short words left alone, gentler rules for y, ies, ied, alli, bli and logi.
        case extended
    }

    /// Which published algorithm.
    public let variant: Variant

    /// A stemmer of the variant.
    public init(_ variant: Variant = .extended) { self.variant = variant }

    /// The stem of one word, in lower case.
    public func stem(_ word: String) -> String {
        var word = StemmedWord(letters: word.lowercased().unicodeScalars.map(\.value), isExtended: variant == .extended)
        word.strip()
        var stem = String.UnicodeScalarView()
        for letter in word.letters { Unicode.Scalar(letter).map { stem.append($0) } }
        return String(stem)
    }
}

/// A word while its suffixes are stripped.
struct StemmedWord {
    var letters: [UInt32]
    let isExtended: Bool

    mutating func strip() {
        if isExtended {
            if let stem = StemRules.irregular[letters] {
                letters = stem
                return
            }
            if letters.count <= 2 { return }
        }
        plurals()
        pastAndProgressive()
        finalY()
        if isExtended { apply(StemRules.step2Extended, repeatingAfter: StemRules.alli) } else { apply(StemRules.step2) }
        apply(StemRules.step3)
        apply(StemRules.step4)
        finalE()
    }

    // MARK: Conditions

    /// What the rules ask of the first `count` letters.
    struct Shape {
        /// How many times a consonant follows a vowel: the paper's m.
        var measure = 0
        var hasVowel = false
        /// Bit k: whether the letter k before the last is a consonant.
        var consonants: UInt = 0

        func isConsonant(_ fromEnd: Int) -> Bool { consonants >> UInt(fromEnd) & 1 == 1 }
    }

    func shape(_ count: Int) -> Shape {
        var shape = Shape()
        var previous = false
        for letter in letters[..<count] {
            let consonant: Bool
            switch letter {
            case 0x61, 0x65, 0x69, 0x6F, 0x75: consonant = false
            // A y is a vowel after a consonant.
            case 0x79: consonant = !previous
            default: consonant = true
            }
            if shape.hasVowel && consonant && !previous { shape.measure += 1 }
            shape.hasVowel = shape.hasVowel || !consonant
            shape.consonants = shape.consonants << 1 | (consonant ? 1 : 0)
            previous = consonant
        }
        return shape
    }

    /// The paper's *o: consonant, vowel, consonant at the end, the last not w, x or y.
    func endsShortSyllable(_ count: Int, _ shape: Shape) -> Bool {
        if count >= 3 {
            let last = letters[count - 1]
            return shape.isConsonant(2) && !shape.isConsonant(1) && shape.isConsonant(0) && last != 0x77 && last != 0x78
                && last != 0x79
        }
        return isExtended && count == 2 && !shape.isConsonant(1) && shape.isConsonant(0)
    }

    func ends(_ suffix: [UInt32]) -> Bool {
        letters.count >= suffix.count && letters.suffix(suffix.count).elementsEqual(suffix)
    }

    mutating func replace(_ suffix: [UInt32], _ replacement: [UInt32]) {
        letters.removeLast(suffix.count)
        letters += replacement
    }

    // MARK: Steps

    /// Only the first rule whose suffix fits is tried.
    private mutating func apply(_ rules: [StemRule]) {
        guard let rule = rules.first(where: { ends($0.suffix) }) else { return }
        let stem = letters.count - rule.suffix.count
        guard shape(stem + rule.lettersMeasured).measure > rule.measureAbove else { return }
        if rule.isAfterSOrT { guard stem > 0, letters[stem - 1] == 0x73 || letters[stem - 1] == 0x74 else { return } }
        replace(rule.suffix, rule.replacement)
    }

    /// The extended step 2: -alli becomes -al first, and what results goes through the step again.
    private mutating func apply(_ rules: [StemRule], repeatingAfter first: StemRule) {
        while ends(first.suffix), shape(letters.count - first.suffix.count).measure > 0 {
            replace(first.suffix, first.replacement)
        }
        apply(rules)
    }

    /// Step 1a.
    private mutating func plurals() {
        if ends(StemRules.ies) {
            letters.removeLast(isExtended && letters.count == 4 ? 1 : 2)
        } else if ends(StemRules.sses) {
            letters.removeLast(2)
        } else if letters.last == 0x73, !ends(StemRules.ss) {
            letters.removeLast()
        }
    }

    /// Step 1b.
    private mutating func pastAndProgressive() {
        if isExtended && ends(StemRules.ied) {
            letters.removeLast(letters.count == 4 ? 1 : 2)
            return
        }
        if ends(StemRules.eed) {
            if shape(letters.count - 3).measure > 0 { letters.removeLast() }
            return
        }
        guard
            let suffix = [StemRules.ed, StemRules.ing].first(where: {
                ends($0) && self.shape(letters.count - $0.count).hasVowel
            })
        else { return }
        letters.removeLast(suffix.count)
        let shape = self.shape(letters.count)
        if ends(StemRules.at) || ends(StemRules.bl) || ends(StemRules.iz) {
            letters.append(0x65)
        } else if let last = letters.last, letters.count >= 2, letters[letters.count - 2] == last, shape.isConsonant(0)
        {
            if last != 0x6C && last != 0x73 && last != 0x7A { letters.removeLast() }
        } else if shape.measure == 1 && endsShortSyllable(letters.count, shape) {
            letters.append(0x65)
        }
    }

    /// Step 1c.
    private mutating func finalY() {
        guard letters.last == 0x79 else { return }
        let count = letters.count - 1
        let shape = self.shape(count)
        if isExtended ? count > 1 && shape.isConsonant(0) : shape.hasVowel { letters[count] = 0x69 }
    }

    /// Steps 5a and 5b.
    private mutating func finalE() {
        if letters.last == 0x65 {
            let shape = self.shape(letters.count - 1)
            if shape.measure > 1 || shape.measure == 1 && !endsShortSyllable(letters.count - 1, shape) {
                letters.removeLast()
            }
        }
        if ends(StemRules.ll), self.shape(letters.count - 1).measure > 1 { letters.removeLast() }
    }
}
