import Foundation
import JSONLines

extension Kind where Value == Bool {
    static let flag = Kind(
        name: "true or false", schema: ["type": "boolean"],
        read: { tree throws(Mismatch) in
            switch tree.plain {
            case "true": true
            case "false": false
            default: throw Mismatch()
            }
        },
        show: { .scalar($0 ? "true" : "false") })
}

extension Kind where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of a few words.
    static var choice: Kind {
        let word = Kind<String>.word(among: Value.allCases.map(\.rawValue))
        return Kind(
            name: word.name, schema: word.schema,
            read: { tree throws(Mismatch) in
                guard let value = Value(rawValue: try word.read(tree)) else { throw Mismatch() }
                return value
            },
            show: { .scalar($0.rawValue) })
    }
}

extension Kind where Value == String {
    /// One of a few words.
    static func word(among names: [String]) -> Kind {
        let others = names.dropLast().joined(separator: ", ")
        return Kind(
            name: others.isEmpty ? names.joined() : others + " or " + (names.last ?? ""),
            schema: ["enum": .array(names.map(JSON.string))],
            read: { tree throws(Mismatch) in
                guard let text = tree.text else { throw Mismatch() }
                if names.contains(text) { return text }
                throw Mismatch(hint: Nearest.name(to: text, among: names).map { " (did you mean \($0)?)" } ?? "")
            },
            show: { .scalar($0) })
    }

    /// Text of a form that `problem` finds nothing wrong with.
    static func text(_ name: String, problem: @escaping @Sendable (String) -> String?) -> Kind {
        Kind(
            name: name, schema: .text,
            read: { tree throws(Mismatch) in
                guard let text = tree.text, !text.isEmpty else { throw Mismatch() }
                if let problem = problem(text) { throw Mismatch(hint: " (\(problem))") }
                return text
            },
            show: { .scalar($0) })
    }

    /// A path to something that is read: relative to the file that names it, or to the current directory when a flag does.
    static let input = path("the path of a directory") { origin in
        switch origin {
        case .file(let file): URL(filePath: file).deletingLastPathComponent()
        case .flag: nil
        }
    }

    /// A path to a file that is read, found as `input` is.
    static let inputFile = path("the path of a file") { origin in
        switch origin {
        case .file(let file): URL(filePath: file).deletingLastPathComponent()
        case .flag: nil
        }
    }

    /// A path to something that is written: relative to the current directory.
    static let output = path("the path of a directory to be created") { _ in nil }

    private static func path(_ name: String, base: @escaping @Sendable (Place.Origin) -> URL?) -> Kind {
        Kind(
            name: name, schema: .text,
            read: { tree throws(Mismatch) in
                guard let text = tree.text, !text.isEmpty, !text.contains("\0") else { throw Mismatch() }
                return absolute(text, base: base(tree.place.origin))
            },
            show: { .scalar($0) })
    }

    /// An absolute path without `.` and `..`; nil is the current directory.
    static func absolute(_ path: String, base: URL? = nil) -> String {
        let current = URL(filePath: FileManager.default.currentDirectoryPath, directoryHint: .isDirectory)
        let base = base.map { URL(filePath: $0.path, relativeTo: current) } ?? current
        let directory = URL(filePath: base.standardizedFileURL.path, directoryHint: .isDirectory)
        let standardized = URL(filePath: path, relativeTo: directory).standardizedFileURL.path
        return standardized.count > 1 && standardized.hasSuffix("/") ? String(standardized.dropLast()) : standardized
    }
}
