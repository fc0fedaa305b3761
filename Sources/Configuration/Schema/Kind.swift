import JSONLines

/// What a key's values are: their name for people, their form for editors, how they are read, how they are written.
///
/// Reading what `show` wrote gives the same value.
struct Kind<Value: Sendable>: Sendable {
    /// As in "must be …": `a whole number from 1 to 64`.
    let name: String
    /// The same as far as JSON Schema can say it.
    let schema: JSON
    let read: @Sendable (Tree) throws(Mismatch) -> Value
    let show: @Sendable (Value) -> Shown
}

/// A value that is not of its kind; the hint comes after the sentence that says so.
struct Mismatch: Error {
    var hint = ""
}

/// A value as it is written: scalars unquoted.
enum Shown: Sendable, Equatable {
    case scalar(String)
    case list([Shown])
    /// `{key: value, …}`.
    case mapping([Entry])

    /// A key and its value.
    struct Entry: Sendable, Equatable {
        var key: String
        var value: Shown
    }
}

extension Tree {
    /// The text of a scalar without quotes.
    var plain: String? {
        if case .scalar(let text, isPlain: true) = content { text } else { nil }
    }

    /// Whether it is one value that is not empty.
    var isScalar: Bool {
        if case .scalar(let text, let isPlain) = content { !(isPlain && text.isEmpty) } else { false }
    }

    /// The text of a scalar, quoted or not; nil when empty.
    var text: String? {
        switch content {
        case .scalar(let text, let isPlain): isPlain && (text.isEmpty || text == "~") ? nil : text
        case .list, .mapping: nil
        }
    }
}

// MARK: - Combining kinds

extension Kind where Value: Equatable {
    /// A word that stands for a value, which then need not be written as such: `all` for 0.
    func or(_ word: String, for value: Value) -> Kind {
        Kind(
            name: "\(name), or '\(word)'", schema: .anyOf([.word(word), schema]),
            read: { tree throws(Mismatch) in tree.plain == word ? value : try read(tree) },
            show: { $0 == value ? .scalar(word) : show($0) })
    }

    /// `[a, b]`, each element once. A list of no elements has a word of its own where `none` is given.
    func list(none: String? = nil) -> Kind<[Value]> {
        Kind<[Value]>(
            name: "a list of \(name)" + (none.map { ", or '\($0)'" } ?? ""),
            schema: .anyOf((none.map { [.word($0)] } ?? []) + [.list(of: schema, atLeast: none == nil ? 0 : 1)]),
            read: { tree throws(Mismatch) in
                if let none, tree.plain == none { return [] }
                guard case .list(let elements) = tree.content else { throw Mismatch() }
                guard none == nil || !elements.isEmpty else { throw Mismatch(hint: " of nothing") }
                var values: [Value] = []
                for element in elements {
                    do throws(Mismatch) {
                        let value = try read(element)
                        guard !values.contains(value) else { throw Mismatch(hint: " (given twice)") }
                        values.append(value)
                    } catch {
                        throw Mismatch(hint: " with \(element.summary)\(error.hint)")
                    }
                }
                return values
            },
            show: { values in
                if values.isEmpty, let none { return .scalar(none) }
                return .list(values.map(show))
            })
    }
}
