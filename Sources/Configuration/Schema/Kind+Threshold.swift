import JSONLines

extension Kind where Value == RunConfiguration.Threshold {
    /// `{quantile: 0.75}`: the key says how τ is found. The number may change from iteration to iteration.
    static let threshold = Kind(
        name: "one of {absolute: R}, {quantile: Q} or {marginOverFirst: D}",
        schema: .anyOf(
            forms.map { .mapping([$0.name: Kind<PerIteration>.perIteration($0.bounds).schema], required: [$0.name]) }),
        read: { tree throws(Mismatch) in
            guard case .mapping(let entries) = tree.content else { throw Mismatch() }
            guard entries.count == 1, let entry = entries.first else {
                throw Mismatch(hint: " of \(entries.count) keys")
            }
            guard let form = forms.first(where: { $0.name == entry.key }) else {
                let near = Nearest.name(to: entry.key, among: forms.map(\.name))
                throw Mismatch(hint: " with '\(entry.key)'" + (near.map { " (did you mean \($0)?)" } ?? ""))
            }
            let number = Kind<PerIteration>.perIteration(form.bounds)
            do throws(Mismatch) {
                return form.make(try number.read(entry.value))
            } catch {
                throw Mismatch(hint: ": \(form.name) must be \(number.name), not \(entry.value.summary)")
            }
        },
        show: { threshold in
            let (name, value) = parts(of: threshold)
            return .mapping([
                Shown.Entry(key: name, value: Kind<PerIteration>.perIteration(bounds(of: threshold)).show(value))
            ])
        })

    private static func parts(of threshold: Value) -> (name: String, value: PerIteration) {
        switch threshold {
        case .absolute(let value): ("absolute", value)
        case .quantile(let value): ("quantile", value)
        case .marginOverFirst(let value): ("marginOverFirst", value)
        }
    }

    /// What the numbers of that form of threshold may be.
    static func bounds(of threshold: Value) -> Bounds {
        if case .quantile = threshold { .from(0, below: 1) } else { .from(-1e6, to: 1e6) }
    }

    private struct Form {
        let name: String
        let bounds: Bounds
        let make: (PerIteration) -> Value
    }

    private static var forms: [Form] {
        [
            Form(name: "absolute", bounds: .from(-1e6, to: 1e6)) { .absolute($0) },
            Form(name: "quantile", bounds: .from(0, below: 1)) { .quantile($0) },
            Form(name: "marginOverFirst", bounds: .from(-1e6, to: 1e6)) { .marginOverFirst($0) },
        ]
    }
}
