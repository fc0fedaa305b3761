import RolloutCore
import RunStore
import Serving

/// A search as it stands in a URL, there and back.
///
///     split=train|validation|test  iteration=N  prompt=N  task=NAME  outcome=NAME  node=NAME  user=NAME  text=WORDS
///     order=prompt|best|worst  limit=1…100  after=PLACE | before=PLACE
///
/// A place is `REWARD:PROMPT:SAMPLE`, with `-` for no reward.
enum SearchQuery {
    /// - Throws: `QueryError` that names what cannot be read.
    static func search(_ request: WebRequest) throws(QueryError) -> TrajectorySearch {
        var search = TrajectorySearch()
        if let name = request["split"] {
            guard let split = split(name) else { throw QueryError("split is train, validation or test, not \(name).") }
            search.split = split
        }
        if let name = request["order"] {
            guard let order = TrajectoryFilter.Order(rawValue: name) else {
                throw QueryError("order is prompt, best or worst, not \(name).")
            }
            search.order = order
        }
        search.iteration = try number("iteration", request)
        search.prompt = try number("prompt", request)
        search.group = request["task"]
        if let outcome = request["outcome"] {
            guard TrajectoryFilter.outcomes.contains(outcome) else {
                throw QueryError(
                    "outcome is \(TrajectoryFilter.outcomes.joined(separator: ", ")), not \(outcome.prefix(40)).")
            }
            search.outcome = outcome
        }
        search.node = request["node"]
        search.user = request["user"]
        search.text = request["text"].map { String($0.prefix(200)) }
        if let limit = try number("limit", request) { search.limit = Int(max(1, min(100, limit))) }
        for (name, isBackwards) in [("after", false), ("before", true)] {
            guard let place = request[name] else { continue }
            search.cursor = try cursor(place, isBackwards: isBackwards)
        }
        return search
    }

    /// The items of a search, without its place.
    static func items(_ search: TrajectorySearch) -> [(name: String, value: String)] {
        var items: [(name: String, value: String)] = [("split", "\(search.split)")]
        let others: [(String, String?)] = [
            ("iteration", search.iteration.map { "\($0)" }), ("prompt", search.prompt.map { "\($0)" }),
            ("task", search.group), ("outcome", search.outcome), ("node", search.node), ("user", search.user),
            ("text", search.text),
        ]
        for (name, value) in others { if let value { items.append((name, value)) } }
        items.append(("order", search.order.rawValue))
        if search.limit != TrajectorySearch().limit { items.append(("limit", "\(search.limit)")) }
        return items
    }

    /// The URL of a search's page.
    static func link(_ search: TrajectorySearch) -> String {
        var items = items(search)
        if let cursor = search.cursor { items.append((cursor.isBackwards ? "before" : "after", place(cursor))) }
        return "/trajectories?" + items.map { "\($0.name)=\(encoded($0.value))" }.joined(separator: "&")
    }

    static func place(_ cursor: TrajectorySearch.Cursor) -> String {
        "\(cursor.reward.map { "\($0)" } ?? "-"):\(cursor.id.prompt):\(cursor.id.sample)"
    }

    static func split(_ name: String) -> Split? { Split.allCases.first { "\($0)" == name } }

    private static func cursor(_ text: String, isBackwards: Bool) throws(QueryError) -> TrajectorySearch.Cursor {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let prompt = UInt32(parts[1]), let sample = UInt32(parts[2]),
            parts[0] == "-" || Double(parts[0]) != nil
        else { throw QueryError("\(text) is no place in the order: begin again on the first page.") }
        return TrajectorySearch.Cursor(
            reward: Double(parts[0]), id: TrajectoryID(prompt: prompt, sample: sample), isBackwards: isBackwards)
    }

    private static func number(_ name: String, _ request: WebRequest) throws(QueryError) -> UInt32? {
        guard let text = request[name] else { return nil }
        guard let number = UInt32(text) else { throw QueryError("\(name) is a whole number, not \(text.prefix(40)).") }
        return number
    }

    /// All bytes but letters, digits and `-._~` as `%XX` (RFC 3986, section 2.3).
    static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.reduce(into: "") { result, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default: result += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
    }
}

/// A URL that asks for nothing there is.
struct QueryError: Error, CustomStringConvertible {
    let description: String

    init(_ sentence: String) { description = sentence }
}
