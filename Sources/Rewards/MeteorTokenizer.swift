/// Words for METEOR: split at white space, lower case, both as Python's `str` does them.
enum MeteorTokenizer {
    static func words(_ text: String) -> [String] {
        text.unicodeScalars.split(whereSeparator: PythonText.isSpace).map { lowercased($0) }
    }

    private static let sigma: Unicode.Scalar = "\u{3A3}"

    /// Swift's lower case knows no context; a capital sigma that ends a word becomes ς (Unicode's Final_Sigma).
    private static func lowercased(_ word: Substring.UnicodeScalarView) -> String {
        guard word.contains(sigma) else { return String(Substring(word)).lowercased() }
        var result = ""
        for index in word.indices {
            let scalar = word[index]
            let isFinal =
                scalar == sigma && touchesCased(word[..<index].reversed())
                && !touchesCased(word[word.index(after: index)...])
            result += isFinal ? "ς" : scalar.properties.lowercaseMapping
        }
        return result
    }

    private static func touchesCased(_ scalars: some Sequence<Unicode.Scalar>) -> Bool {
        scalars.first { !$0.properties.isCaseIgnorable }?.properties.isCased ?? false
    }
}
