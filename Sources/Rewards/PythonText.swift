/// Text as Python's `str` takes it apart: by code points and its own notion of white space. The reference implementations of
/// several metrics rest on it.
enum PythonText {
    /// Unicode's white space, and the four ASCII separators that Python adds.
    static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x80 { return scalar == " " || 9...13 ~= scalar.value || 0x1C...0x1F ~= scalar.value }
        return scalar.properties.isWhitespace
    }

    /// `text.split()`.
    static func split(_ text: some Collection<Unicode.Scalar>) -> [Substring] {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: text)
        return view.split(whereSeparator: isSpace).map { Substring($0) }
    }

    /// `text.rstrip()`.
    static func trimmedEnd(_ text: some Collection<Unicode.Scalar>) -> [Unicode.Scalar] {
        var scalars = Array(text)
        while let last = scalars.last, isSpace(last) { scalars.removeLast() }
        return scalars
    }

    /// `"".join(text.split())`.
    static func withoutSpace(_ text: String) -> [Unicode.Scalar] { text.unicodeScalars.filter { !isSpace($0) } }
}
