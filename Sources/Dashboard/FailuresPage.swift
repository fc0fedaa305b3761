import Foundation
import Reports
import RolloutCore
import RunStore

/// What went wrong, by kind, and what happened last.
struct FailuresPage {
    private let snapshot: Snapshot
    private let now: Double

    init(_ snapshot: Snapshot, now: Double) {
        self.snapshot = snapshot
        self.now = now
    }

    func write(to page: inout HTMLWriter) {
        page.element("h1", text: "Failures")
        let (data, machines, refused) = (counters("data."), counters("infrastructure."), counters("refused."))
        page.section("machines", "Of machines", note: "In this term of the coordinator. They cost time, never results.")
        {
            table(machines + others).write(to: &$0)
        }
        page.section(
            "data", "Of the data and the model", note: "In this term of the coordinator. These are part of the result."
        ) {
            table(data).write(to: &$0)
        }
        if !refused.isEmpty {
            page.section("refused", "Refused connections", note: "In this term of the coordinator.") {
                table(refused).write(to: &$0)
            }
        }
        page.section("attempts", "How attempts ended", note: "Over the whole run.") { page in
            guard !snapshot.counts.endings.isEmpty else { return page.element("p", text: "No attempt yet.") }
            endings.write(to: &page)
        }
        page.section("events", "Last events") { page in
            guard let first = snapshot.live.events.last else { return page.element("p", text: "Nothing happened yet.") }
            EventTable(snapshot.live.events).write(to: &page)
            if first.id > 1 {
                page.element("p") { $0.element("a", ["href": "/events/before/\(first.id)"], text: "Earlier events") }
            }
        }
    }

    private func counters(_ prefix: String) -> [(name: String, count: Int)] {
        snapshot.summary.counters.filter { $0.name.hasPrefix(prefix) }.map {
            (Self.words(String($0.name.dropFirst(prefix.count))), Int($0.value))
        }
    }

    private var others: [(name: String, count: Int)] {
        [("accepted late", "acceptedLate"), ("duplicates ignored", "duplicates")].map {
            ($0.0, Int(snapshot.summary.counter($0.1)))
        }
    }

    private func table(_ counters: [(name: String, count: Int)]) -> DataTable {
        var table = DataTable("", ["kind", "count"])
        for counter in counters { table.add([.text(counter.name), .count(counter.count)]) }
        return table
    }

    private var endings: DataTable {
        let names = Set(snapshot.counts.endings.map(\.ending)).sorted()
        var table = DataTable("", ["tasks"] + names)
        for kind in TaskKind.allCases {
            let ofKind = snapshot.counts.endings.filter { $0.kind == kind }
            guard !ofKind.isEmpty else { continue }
            table.add(
                [.text("\(kind)")]
                    + names.map { name in ofKind.first { $0.ending == name }.map { .count($0.count) } ?? .none })
        }
        return table
    }

    /// `systemFailures` as `system failures`.
    static func words(_ name: String) -> String {
        name.reduce(into: "") { words, letter in
            words += letter.isUppercase ? " " + letter.lowercased() : String(letter)
        }
    }
}

/// Events, the newest first.
struct EventTable {
    private let events: [EventRow]

    init(_ events: [EventRow]) { self.events = events }

    func write(to page: inout HTMLWriter) {
        var table = DataTable("", ["time (UTC)", "event", "node", "task", "detail"])
        for event in events {
            table.add([
                .text(Self.time(event.at)), .text(event.event), .text(event.node ?? ""),
                .text(
                    event.attempt.map { "\($0.task.group.name), task \($0.task.index), attempt \($0.attempt)" } ?? ""),
                .text(event.detail ?? ""),
            ])
        }
        table.write(to: &page)
    }

    private static func time(_ seconds: Double) -> String {
        Date(timeIntervalSince1970: seconds.clamped / 1e3 * 1e3).formatted(
            .iso8601.year().month().day().dateTimeSeparator(.space).time(includingFractionalSeconds: false))
    }
}
