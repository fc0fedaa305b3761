public import ZeroMQ

/// The nodes that may join, by their public keys: lines `NAME KEY`, or `NAME KEY revoked`. Lines that begin with `#` say
/// nothing.
public struct AllowList: Sendable, Equatable {
    /// One line.
    public struct Entry: Sendable, Equatable {
        /// What people call the node, or the nodes, that have this key.
        public let name: String
        /// Its public key.
        public let key: CurvePublicKey
        /// Whether it may join no more; kept so that a refusal can say why.
        public fileprivate(set) var isRevoked = false
    }

    /// In the file's order.
    public private(set) var entries: [Entry] = []
    private var positions: [CurvePublicKey: Int] = [:]

    /// Nobody.
    public init() {}

    /// Reads a file's text.
    ///
    /// - Throws: `KeyError` about the first line that is none.
    init(_ text: String, from path: String) throws(KeyError) {
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.split(whereSeparator: \.isWhitespace)
            if words.isEmpty || line.hasPrefix("#") { continue }
            let place = "\(path):\(index + 1)"
            guard words.count == 2 || words.count == 3 && words[2] == "revoked",
                let key = CurvePublicKey(String(words[1]))
            else { throw KeyError("\(place) is no line of an allow-list; write NAME KEY, or NAME KEY revoked") }
            let name = String(words[0])
            guard Self.isName(name) else { throw KeyError("\(place): \(Self.explanation(of: name))") }
            guard positions[key] == nil else { throw KeyError("\(place) has a key that an earlier line has") }
            append(Entry(name: name, key: key, isRevoked: words.count == 3))
        }
    }

    /// The file's text.
    var text: String {
        let lines = entries.map { "\($0.name) \($0.key)\($0.isRevoked ? " revoked" : "")\n" }
        return """
            # Nodes that may join, by their public keys: NAME KEY, or NAME KEY revoked. Written by reprise keys; a coordinator
            # reads it again when it changes.

            """ + lines.joined()
    }

    /// The line of a key.
    public subscript(key: CurvePublicKey) -> Entry? { positions[key].map { entries[$0] } }

    /// Keys that may join.
    var admitted: Set<CurvePublicKey> { Set(entries.filter { !$0.isRevoked }.map(\.key)) }

    /// Admits a key.
    ///
    /// - Throws: `KeyError` when the name cannot be one, or has a key that is not revoked.
    public mutating func add(_ name: String, _ key: CurvePublicKey) throws(KeyError) {
        guard Self.isName(name) else { throw KeyError(Self.explanation(of: name)) }
        guard !entries.contains(where: { $0.name == name && !$0.isRevoked }) else {
            throw KeyError("\(name) has a key already; revoke it first: reprise keys revoke DIRECTORY \(name)")
        }
        append(Entry(name: name, key: key))
    }

    /// Takes a name's right to join away.
    ///
    /// - Throws: `KeyError` when no such name has it.
    public mutating func revoke(_ name: String) throws(KeyError) {
        guard let index = entries.firstIndex(where: { $0.name == name && !$0.isRevoked }) else {
            let names = entries.filter { !$0.isRevoked }.map(\.name)
            throw KeyError(
                "no key of \(name) may join; those that may are \(names.isEmpty ? "none" : names.joined(separator: ", "))"
            )
        }
        entries[index].isRevoked = true
    }

    private mutating func append(_ entry: Entry) {
        positions[entry.key] = entries.count
        entries.append(entry)
    }

    /// Names become names of files.
    private static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count) && name.first != "." && name.first != "-" && name != "server"
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    }

    private static func explanation(of name: String) -> String {
        "\"\(name)\" is no name of a key; take up to 64 letters, digits, and . - _ inside, and not server"
    }
}
