import JSONLines

extension FaultPlan: Section {
    static let keys: [Key<Self>] = [
        Key("seed", \.seed, .seed, "decides every draw"),
        Key("lasts", \.lasts, .number(.above(0, upTo: 86_400)), "seconds until all is over"),
        Key("quiet", \.quiet, .number(.from(0, to: 86_400)), "the last of these seconds, without faults"),
    ]
}

extension FaultPlan.Fault: Section {
    static let keys: [Key<Self>] = [
        Key("kind", \.kind, .choice, "what happens"),
        Key("target", \.targets, Kind<FaultTarget>.choice.oneOrMore(), "whom it strikes"),
        Key("between", \.targets, .connections, "whose messages it strikes"),
        Key(
            "at", insteadOf: ["perMinute"], \.times, part: { if case .at(let times) = $0 { times } else { nil } },
            whole: { .at($0) }, Kind<Double>.number(.from(0, to: 86_400)).oneOrMore(),
            "when it strikes, in seconds from the start"),
        Key(
            "perMinute", insteadOf: ["at"], \.times,
            part: { if case .perMinute(let rate) = $0 { rate } else { nil } }, whole: { .perMinute($0) },
            .number(.above(0, upTo: 600)), "how often it strikes in a minute"),
        Key("seconds", \.seconds, .number(.from(0.05, to: 3600)), "how long it lasts"),
        Key("probability", \.probability, .number(.above(0, upTo: 1)), "the share of messages it strikes"),
        Key("milliseconds", \.milliseconds, .number(.above(0, upTo: 60_000)), "the mean delay"),
        Key("share", \.share, .number(.from(0.05, to: 0.95)), "the share of the time it stands still"),
        Key("direction", \.direction, .choice, "which way messages go that it strikes"),
        Key("everyone", \.everyone, .flag, "whether it strikes all of its targets at once"),
    ]

    /// What else a fault of that kind must and may say.
    static func keys(of kind: FaultKind) -> (required: [String], optional: [String]) {
        switch kind {
        case .kill: (["target"], ["at", "perMinute", "everyone"])
        case .stop, .disk: (["target", "seconds"], ["at", "perMinute", "everyone"])
        case .slow: (["target", "seconds"], ["at", "perMinute", "share", "everyone"])
        case .cut: (["between", "seconds"], ["at", "perMinute", "direction", "everyone"])
        case .reset: (["between"], ["at", "perMinute", "everyone"])
        case .loss, .duplication, .reordering, .corruption:
            (["between", "probability"], ["at", "perMinute", "seconds", "direction"])
        case .delay: (["between", "probability", "milliseconds"], ["at", "perMinute", "seconds", "direction"])
        }
    }
}

extension Kind where Value == [FaultTarget] {
    /// The coordinator and roles of nodes; read as the roles.
    fileprivate static let connections = Kind(
        name: "a list of the coordinator and one or more roles of nodes, such as [sampler, coordinator]",
        schema: .list(of: Kind<FaultTarget>.choice.schema, atLeast: 2),
        read: { tree throws(Mismatch) in
            let roles = try Kind<FaultTarget>.choice.oneOrMore().read(tree)
            guard roles.contains(.coordinator) else {
                throw Mismatch(hint: ": nodes speak with the coordinator alone, so name it")
            }
            guard roles.count > 1 else { throw Mismatch() }
            return roles.filter { $0 != .coordinator }
        },
        show: { roles in .list(([.coordinator] + roles).map { .scalar($0.rawValue) }) })
}
