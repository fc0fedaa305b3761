import JSONLines

extension Kind where Value == RunConfiguration.Decoding {
    /// `greedy`, or `{temperature: 0.1, topP: 0.9, samples: 4}`, of which the last two may be left out.
    static let decoding = Kind(
        name: "greedy or {temperature: T, topP: P, samples: N}",
        schema: .anyOf([
            .word("greedy"),
            .mapping(
                ["temperature": temperature.schema, "topP": topP.schema, "samples": samples.schema],
                required: ["temperature"]),
        ]),
        read: { tree throws(Mismatch) in
            if tree.plain == "greedy" { return .greedy }
            guard case .mapping(let entries) = tree.content else { throw Mismatch() }
            var decoding = Value(temperature: 0)
            for entry in entries { try read(entry, &decoding) }
            guard decoding.temperature > 0 else { throw Mismatch(hint: " without temperature") }
            return decoding
        },
        show: { decoding in
            if decoding.temperature == 0 { return .scalar("greedy") }
            var entries = [Shown.Entry(key: "temperature", value: temperature.show(decoding.temperature))]
            if decoding.topP < 1 { entries.append(Shown.Entry(key: "topP", value: topP.show(decoding.topP))) }
            if decoding.samples > 1 {
                entries.append(Shown.Entry(key: "samples", value: samples.show(decoding.samples)))
            }
            return .mapping(entries)
        })

    private static let temperature = Kind<Double>.number(.above(0, upTo: 10))
    private static let topP = Kind<Double>.number(.above(0, upTo: 1))
    private static let samples = Kind<Int>.integer(1...1024)

    private static func read(_ entry: Tree.Entry, _ decoding: inout Value) throws(Mismatch) {
        func value<Number>(_ kind: Kind<Number>) throws(Mismatch) -> Number {
            do throws(Mismatch) {
                return try kind.read(entry.value)
            } catch {
                throw Mismatch(hint: ": \(entry.key) must be \(kind.name), not \(entry.value.summary)")
            }
        }
        switch entry.key {
        case "temperature": decoding.temperature = try value(temperature)
        case "topP": decoding.topP = try value(topP)
        case "samples": decoding.samples = try value(samples)
        default:
            let near = Nearest.name(to: entry.key, among: ["temperature", "topP", "samples"])
            throw Mismatch(hint: " with '\(entry.key)'" + (near.map { " (did you mean \($0)?)" } ?? ""))
        }
    }
}

extension Kind where Value: Equatable {
    /// A list of at least one, each once; one alone needs no brackets.
    func oneOrMore() -> Kind<[Value]> {
        let list = list()
        return Kind<[Value]>(
            name: "\(name), or a list of these", schema: .anyOf([schema, .list(of: schema, atLeast: 1)]),
            read: { tree throws(Mismatch) in
                guard case .list(let elements) = tree.content else { return [try read(tree)] }
                guard !elements.isEmpty else { throw Mismatch(hint: " of nothing") }
                return try list.read(tree)
            },
            show: { values in values.count == 1 ? show(values[0]) : list.show(values) })
    }
}
