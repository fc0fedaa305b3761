import Files
import JSONLines
import Rewards

/// The answers of one task on their way through a reward command: what is asked, and what has come back so far.
struct CommandBatch {
    /// A line that breaks the rules: what the program did, as the end of a sentence.
    struct Breach: Error, CustomStringConvertible {
        let description: String
    }

    /// What a line was.
    enum Reception { case counted, stale }

    /// The lines that ask.
    let lines: [UInt8]
    /// Requests that have their answer.
    private(set) var answered = 0
    private let number: Int
    private var places: [String: Int] = [:]
    private var results: [RewardOutcome?]

    /// - Parameter number: counts the tasks one process is asked about, from 1; ids carry it, so that a late answer is never
    ///   taken for one to the present task.
    init(_ requests: [RewardRequest], number: Int) {
        self.number = number
        results = [RewardOutcome?](repeating: nil, count: requests.count)
        var lines: [UInt8] = []
        for (place, request) in requests.enumerated() {
            let id = "\(number):\(request.id)"
            places[id] = place
            let line = JSON.object([
                "id": .string(id), "input": .string(request.input), "reference": .string(request.reference),
                "answer": .string(request.answer), "reasoning": .string(request.reasoning),
                "finished": .bool(request.isFinished),
            ])
            lines += line.serialized().utf8
            lines.append(UInt8(ascii: "\n"))
        }
        self.lines = lines
    }

    var isComplete: Bool { answered == results.count }

    /// Takes one line of the program's output; empty lines do not count.
    mutating func take(_ line: ArraySlice<UInt8>) throws(Breach) -> Reception {
        let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        if line.isEmpty { return .counted }
        guard let object = try? JSON.parse(Array(line)), object.object != nil else {
            let isNumber = [UInt8]("NaN".utf8).isIn(line) || [UInt8]("Infinity".utf8).isIn(line)
            throw Breach(
                description: "wrote " + (isNumber ? "a reward that is no number" : "what is not a JSON object")
                    + ": \(Self.excerpt(line))")
        }
        guard let id = object["id"]?.string else {
            throw Breach(description: "wrote a line without the id of what it answers: \(Self.excerpt(line))")
        }
        guard let place = places[id] else {
            if let asked = Int(id.prefix { $0 != ":" }), asked >= 1, asked < number, id.contains(":") { return .stale }
            throw Breach(description: "answered \(id.prefix(60)), which was not asked")
        }
        guard results[place] == nil else { throw Breach(description: "answered \(id) twice") }
        results[place] = try Self.outcome(object, id, line)
        answered += 1
        return .counted
    }

    private static func outcome(_ object: JSON, _ id: String, _ line: ArraySlice<UInt8>) throws(Breach) -> RewardOutcome
    {
        if let error = object["error"] {
            return .failed("the reward command says of \(id.drop { $0 != ":" }.dropFirst()): \(said(error))")
        }
        switch object["reward"] {
        case .null?: return .undefined
        case let reward? where reward.double?.isFinite == true: return reward.double.map { .value($0) } ?? .undefined
        default: throw Breach(description: "answered \(id) without a number as its reward: \(excerpt(line))")
        }
    }

    private static func said(_ error: JSON) -> String {
        let text = error.string ?? error.serialized()
        return String(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) }.prefix(400))
    }

    private static func excerpt(_ line: ArraySlice<UInt8>) -> String {
        let text = String(decoding: line.prefix(120), as: UTF8.self)
        return "'" + String(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) }) + "'"
    }

    /// What a program did that stopped before all was answered.
    func shortfall(_ ending: LineProcess.Ending, limit: Duration) -> String {
        let seconds = Double(limit.components.seconds) + Double(limit.components.attoseconds) * 1e-18
        let count = "\(answered) of \(results.count) answers"
        return ending == .timedOut ? "gave \(count) within \(seconds) s" : "\(ending) after \(count)"
    }

    /// Every request's outcome; those without an answer have the other one.
    func outcomes(else other: RewardOutcome) -> [RewardOutcome] { results.map { $0 ?? other } }
}

extension [UInt8] {
    fileprivate func isIn(_ line: ArraySlice<UInt8>) -> Bool {
        line.indices.contains { line[$0...].starts(with: self) }
    }
}
