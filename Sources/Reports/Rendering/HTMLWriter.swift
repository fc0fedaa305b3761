/// Writes HTML of which everything that is not a name of ours is escaped.
package struct HTMLWriter {
    /// What has been written.
    package private(set) var text = ""

    /// Nothing yet.
    package init() {}

    /// An element with content.
    package mutating func element(
        _ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ body: (inout HTMLWriter) -> Void
    ) {
        open(name, attributes)
        body(&self)
        text += "</\(name)>"
    }

    /// An element that holds text.
    package mutating func element(
        _ name: String, _ attributes: KeyValuePairs<String, String> = [:], text content: String
    ) {
        element(name, attributes) { $0.put(content) }
    }

    /// An element without content.
    package mutating func empty(_ name: String, _ attributes: KeyValuePairs<String, String>) {
        element(name, attributes) { _ in }
    }

    /// The start of an element, or the whole of one that has no end.
    package mutating func open(_ name: String, _ attributes: KeyValuePairs<String, String> = [:]) {
        text += "<\(name)"
        for (key, value) in attributes { text += " \(key)=\"\(Self.escaped(value))\"" }
        text += ">"
    }

    /// Text.
    package mutating func put(_ content: String) { text += Self.escaped(content) }

    /// A style sheet of ours.
    package mutating func style(_ sheet: StaticString) { text += "<style>\(sheet)</style>" }

    /// The end of a line.
    package mutating func line() { text += "\n" }

    /// Text and attribute values in which nothing is markup; characters HTML does not have become U+FFFD.
    static func escaped(_ content: String) -> String {
        var result = ""
        result.reserveCapacity(content.utf8.count)
        for scalar in content.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            default:
                let isForbidden = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || isNonCharacter(scalar)
                result.unicodeScalars.append(isForbidden ? "\u{FFFD}" : scalar)
            }
        }
        return result
    }

    private static func isNonCharacter(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value & 0xFFFE == 0xFFFE || (0xFDD0...0xFDEF).contains(scalar.value)
    }
}
