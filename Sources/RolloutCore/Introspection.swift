package import Digests

// What the simulator looks at and nobody else needs.
extension Coordinator {
    /// Everything that a replay of the journal must give again.
    package struct Facts: Sendable, Equatable {
        let schedule: Schedule
        let judgements: Judgements
        let firstMeans: FirstMeans?
        let rationales: RationaleCounts
        let ended: [TaskID: TaskState]
    }

    /// The facts as they are now.
    package var facts: Facts {
        // An M-step that runs again because its weights are lost has its recorded end all the same.
        let ended = tasks.settled.merging(rederived.map { (.train($0), .done($1)) }) { _, recorded in recorded }
        return Facts(
            schedule: schedule, judgements: judgements, firstMeans: firstMeans, rationales: rationaleCounts,
            ended: ended)
    }

    /// The leases a member holds.
    package func leases(of incarnation: Incarnation) -> [Attempt] { leases.of(incarnation).map(\.attempt) }

    /// Whether a task has a recorded end.
    package func hasEnded(_ task: TaskID) -> Bool { tasks[task]?.state.isSettled ?? false }

    /// The digest of a task's input as this coordinator sees it.
    package func input(of task: TaskID) -> Digest? { inputDigest(of: task) }

    /// Members by node, in the order they joined.
    package var members: [(node: String, role: Role, incarnation: Incarnation)] {
        membership.all.map { ($0.node, $0.role, $0.incarnation) }
    }
}
