/// The named values of a JSON object, in the order in which their keys first came.
///
/// Of duplicate keys the last value wins and keeps the first one's place. Small objects are searched from the front; larger
/// ones (a vocabulary has 50,000 keys) carry an index.
public struct JSONObject: Sendable {
    private var entries: [(key: String, value: JSON)] = []
    private var index: [ExactText: Int] = [:]

    private static let largestWithoutIndex = 12

    /// An empty object.
    public init() {}

    init(_ pairs: some Sequence<(String, JSON)>) {
        for (key, value) in pairs { self[key] = value }
    }

    /// The keys, in order.
    public var keys: [String] { entries.map(\.key) }

    /// The values, in the order of their keys.
    public var values: [JSON] { entries.map(\.value) }

    /// How many keys there are.
    public var count: Int { entries.count }

    /// Whether there is no key.
    public var isEmpty: Bool { entries.isEmpty }

    /// The value under a key. Setting a new key appends it, setting an old one keeps its place, setting nil removes it.
    public subscript(key: String) -> JSON? {
        get { position(of: key).map { entries[$0].value } }
        set {
            switch (position(of: key), newValue) {
            case (let position?, let value?): entries[position].value = value
            case (nil, let value?): append(key, value)
            case (let position?, nil):
                entries.remove(at: position)
                reindex()
            case (nil, nil): break
            }
        }
    }

    mutating func reserve(_ count: Int) { entries.reserveCapacity(count) }

    private func position(of key: String) -> Int? {
        guard index.isEmpty else { return index[ExactText(key)] }
        return entries.firstIndex { ExactText($0.key) == ExactText(key) }
    }

    private mutating func append(_ key: String, _ value: JSON) {
        entries.append((key, value))
        if entries.count > Self.largestWithoutIndex {
            if index.isEmpty { reindex() } else { index[ExactText(key)] = entries.count - 1 }
        }
    }

    private mutating func reindex() {
        index = [:]
        guard entries.count > Self.largestWithoutIndex else { return }
        for (position, entry) in entries.enumerated() { index[ExactText(entry.key)] = position }
    }
}

extension JSONObject: Sequence {
    /// The pairs, in order.
    public func makeIterator() -> IndexingIterator<[(key: String, value: JSON)]> { entries.makeIterator() }
}

extension JSONObject: Equatable {
    /// Same keys in the same order with the same values.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count
            && zip(left, right).allSatisfy { ExactText($0.key) == ExactText($1.key) && $0.value == $1.value }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// The pairs in the order written; of equal keys the last wins.
    public init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }
}

/// Text that equals only text of the same bytes.
struct ExactText: Hashable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (left: ExactText, right: ExactText) -> Bool {
        left.text.utf8.count == right.text.utf8.count && left.text.utf8.elementsEqual(right.text.utf8)
    }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
