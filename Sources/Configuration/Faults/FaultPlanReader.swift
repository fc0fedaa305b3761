import Files

// Plans are read as configurations are: an error names the line, the key, and what was probably meant.

extension FaultPlan {
    /// Reads a plan's file.
    ///
    /// - Throws: `ConfigurationError`, or `FileError` when it cannot be read.
    public init(file: String) throws {
        let bytes = try FileReader.contents(of: file, limit: 1 << 20)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationError(Place(origin: .file(file)), "this is not text in UTF-8.")
        }
        try self.init(yaml: text, file: file)
    }

    /// Reads a plan's text as if it stood in `file`.
    ///
    /// - Throws: `ConfigurationError`: no YAML, an unknown key, a value that a fault of that kind cannot have or does nothing
    ///   with, a time within the quiet period.
    public init(yaml: String, file: String) throws(ConfigurationError) {
        self.init()
        var plan = FaultPlan()
        let whole = Place(origin: .file(file))
        if let tree = try Tree(yaml: yaml, origin: whole.origin) {
            guard case .mapping(let entries) = tree.content else {
                throw ConfigurationError(tree.place, "a plan is made of lines like 'key: value'.")
            }
            var reader = SectionReader<FaultPlan>(others: ["faults"])
            try reader.read(entries.filter { $0.key != "faults" })
            plan = reader.value
            guard plan.quiet < plan.lasts else {
                throw ConfigurationError(
                    reader.given["quiet"] ?? reader.given["lasts"] ?? tree.place, key: "quiet",
                    "quiet (\(Bounds.text(plan.quiet))) must be less than lasts (\(Bounds.text(plan.lasts))).")
            }
            for entry in entries where entry.key == "faults" { plan.faults = try Self.faults(entry.value, plan) }
        }
        let last = file.split(separator: "/").last ?? "plan"
        plan.name = String(last.prefix { $0 != "." })
        self = plan
    }

    private static func faults(_ tree: Tree, _ plan: FaultPlan) throws(ConfigurationError) -> [Fault] {
        if tree.plain == "" { return [] }
        guard case .list(let elements) = tree.content else {
            throw ConfigurationError(
                tree.place, key: "faults", "faults must be a list of faults, not \(tree.summary).")
        }
        var faults: [Fault] = []
        for element in elements {
            guard case .mapping(let entries) = element.content else {
                throw ConfigurationError(
                    element.place, key: "faults",
                    "a fault is a section such as {kind: kill, target: sampler, perMinute: 2}, not \(element.summary).")
            }
            var reader = SectionReader<Fault>()
            try reader.read(entries)
            try reader.check(plan, at: element.place)
            faults.append(reader.value)
        }
        return faults
    }
}

extension SectionReader where Root == FaultPlan.Fault {
    /// What a fault of its kind lacks, cannot have, or has in vain.
    fileprivate func check(_ plan: FaultPlan, at place: Place) throws(ConfigurationError) {
        guard given["kind"] != nil else {
            throw ConfigurationError(
                place, key: "kind",
                "a fault needs its kind: \(FaultKind.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        let kind = value.kind
        let (required, optional) = FaultPlan.Fault.keys(of: kind)
        for key in FaultPlan.Fault.keys {
            let name = key.path
            if let place = given[name], name != "kind", !(required + optional).contains(name) {
                throw ConfigurationError(
                    place, key: name, "\(name) does nothing with kind \(kind.rawValue): remove it.")
            }
            if required.contains(name), given[name] == nil {
                throw ConfigurationError(
                    place, key: name, "kind \(kind.rawValue) needs \(name), \(key.summary): \(key.kind).")
            }
        }
        try checkTimes(plan, at: place)
        if kind == .disk, let wrong = value.targets.first(where: { $0 != .coordinator && $0 != .learner }) {
            throw ConfigurationError(
                given["target"] ?? place, key: "target",
                "a \(wrong.rawValue) writes nothing: target of kind disk is coordinator or learner.")
        }
    }

    private func checkTimes(_ plan: FaultPlan, at place: Place) throws(ConfigurationError) {
        let kind = value.kind
        switch value.times {
        case .always:
            guard kind.object == .message else {
                throw ConfigurationError(
                    place, key: "at", "kind \(kind.rawValue) needs its times: at, in seconds, or perMinute.")
            }
            if let place = given["seconds"] {
                throw ConfigurationError(
                    place, key: "seconds", "seconds does nothing without at or perMinute: remove it, or say when.")
            }
        case .at, .perMinute:
            if kind.object == .message, given["seconds"] == nil {
                throw ConfigurationError(
                    place, key: "seconds", "kind \(kind.rawValue) at times needs seconds, how long it lasts.")
            }
            if case .at(let times) = value.times, let late = times.first(where: { $0 >= plan.storms }) {
                throw ConfigurationError(
                    given["at"] ?? place, key: "at",
                    "\(Bounds.text(late)) is within the quiet period, which begins at \(Bounds.text(plan.storms)).")
            }
        }
    }
}
