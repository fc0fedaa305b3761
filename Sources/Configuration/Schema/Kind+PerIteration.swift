import JSONLines

extension Kind where Value == PerIteration {
    /// `0.7`, `[0.7, 0.8]` or `{from: 0.7, step: 0.1}`. Where a rising number leads is checked once its length is known.
    static func perIteration(_ bounds: Bounds) -> Kind {
        let number = Kind<Double>.number(bounds)
        return Kind(
            name: "\(number.name), a list of such numbers, or {from: A, step: B}",
            schema: .anyOf([
                number.schema, ["type": "array", "items": number.schema, "minItems": 1],
                .mapping(["from": number.schema, "step": ["type": "number"]], required: ["from", "step"]),
            ]),
            read: { tree throws(Mismatch) in
                switch tree.content {
                case .scalar: return .constant(try number.read(tree))
                case .list(let elements): return .list(try list(elements, number))
                case .mapping(let entries): return try rising(entries, number)
                }
            },
            show: { value in
                switch value {
                case .constant(let value): number.show(value)
                case .list(let values): .list(values.map(number.show))
                case .rising(let start, let step):
                    .mapping([
                        Shown.Entry(key: "from", value: .scalar(Bounds.text(start))),
                        Shown.Entry(key: "step", value: .scalar(Bounds.text(step))),
                    ])
                }
            })
    }

    private static func list(_ elements: [Tree], _ number: Kind<Double>) throws(Mismatch) -> [Double] {
        guard !elements.isEmpty else { throw Mismatch(hint: " of nothing") }
        var values: [Double] = []
        for element in elements {
            do throws(Mismatch) {
                values.append(try number.read(element))
            } catch {
                throw Mismatch(hint: " with \(element.summary)\(error.hint)")
            }
        }
        return values
    }

    private static func rising(_ entries: [Tree.Entry], _ number: Kind<Double>) throws(Mismatch) -> PerIteration {
        guard entries.count == 2, let start = entries.first(where: { $0.key == "from" }),
            let step = entries.first(where: { $0.key == "step" })
        else { throw Mismatch(hint: " of other keys") }
        do throws(Mismatch) {
            let difference = try Kind<Double>.number(.from(-1e6, to: 1e6)).read(step.value)
            guard difference != 0 else { throw Mismatch() }
            return .rising(from: try number.read(start.value), step: difference)
        } catch {
            throw Mismatch(hint: " whose from or step is not such a number")
        }
    }
}
