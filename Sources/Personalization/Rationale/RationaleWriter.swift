import JSONLines

/// How reasoning paths are written by a model, and which are accepted. As canonical JSON it is what a rationale task carries
/// beside its items:
///
///     {"attempts": 4, "leakShare": 0.02, "leakWords": 4, "marker": "Answer:", "maxNewTokens": 160,
///      "model": "…", "temperature": 0.7, "topP": 0.95}
///
/// `model` is the name an endpoint knows the model by; without it the model is the checkpoint the task names. `marker` is the
/// line between path and answer, which no path may contain.
///
/// A path is drawn, trimmed, and rejected when it is empty or holds the marker (*unusable*) or copies the reference (*leak*).
/// A rejected path is drawn anew under the next attempt's number, up to `attempts`; then there is none, and the task's rule
/// says what stands in for it.
public struct RationaleWriter: Sendable, Equatable {
    /// The endpoint's model; nil for a checkpoint.
    public var model: String?
    /// 0 is greedy.
    public var temperature: Double
    /// Nucleus mass.
    public var topP: Double
    /// Longest path in the model's tokens.
    public var maxNewTokens: Int
    /// Paths drawn for one prompt before there is none.
    public var attempts: Int
    /// What counts as a copy.
    public var leak: LeakCheck
    /// The line between path and answer.
    public var marker: String

    /// A writer.
    public init(
        model: String?, temperature: Double, topP: Double, maxNewTokens: Int, attempts: Int, leak: LeakCheck,
        marker: String
    ) {
        self.model = model
        self.temperature = temperature
        self.topP = topP
        self.maxNewTokens = maxNewTokens
        self.attempts = attempts
        self.leak = leak
        self.marker = marker
    }

    /// One prompt's path to write.
    public struct Request: Sendable, Equatable {
        /// What the model is asked.
        public var instruction: String
        /// What a path must not give away.
        public var reference: String
        /// What it may repeat.
        public var known: String

        /// A request.
        public init(instruction: String, reference: String, known: String) {
            self.instruction = instruction
            self.reference = reference
            self.known = known
        }
    }

    /// What came of one request.
    public struct Written: Sendable, Equatable {
        /// The path; nil when none was accepted.
        public var path: String?
        /// Paths rejected as copies of the reference.
        public var leaks = 0
        /// Paths rejected as empty, or as holding the marker.
        public var unusable = 0
    }

    /// Draws paths until each request has one or its attempts are used up.
    ///
    /// - Parameter draw: Given the places of the requests still open and the attempt's number from 0, one text for each, in
    ///   that order.
    public func write<Failure: Error>(
        _ requests: [Request], draw: (_ places: [Int], _ attempt: Int) throws(Failure) -> [String]
    ) throws(Failure) -> [Written] {
        var written = [Written](repeating: Written(), count: requests.count)
        var open = Array(requests.indices)
        for attempt in 0..<attempts where !open.isEmpty {
            for (place, text) in zip(open, try draw(open, attempt)) {
                let path = Trimmed.text(text)
                if path.isEmpty || holdsMarker(path) {
                    written[place].unusable += 1
                } else if leak.isLeak(path, of: requests[place].reference, besides: requests[place].known) {
                    written[place].leaks += 1
                } else {
                    written[place].path = path
                }
            }
            open.removeAll { written[$0].path != nil }
        }
        return written
    }

    private func holdsMarker(_ path: String) -> Bool {
        TrajectoryParser.parse("\(path)\n\(marker)\nx", marker: marker).reasoning != path
    }
}

extension RationaleWriter {
    /// Canonical: keys in order, every key there is.
    public var json: String {
        var object = JSONObject()
        object["attempts"] = .integer(Int64(attempts))
        object["leakShare"] = .number(leak.share)
        object["leakWords"] = .integer(Int64(leak.words))
        object["marker"] = .string(marker)
        object["maxNewTokens"] = .integer(Int64(maxNewTokens))
        object["model"] = model.map { .string($0) } ?? .null
        object["temperature"] = .number(temperature)
        object["topP"] = .number(topP)
        return JSON.object(object).serialized()
    }

    /// Reads what `json` writes.
    ///
    /// - Throws: `RationaleWriterError` when something is missing or out of range.
    public init(json: String) throws(RationaleWriterError) {
        guard let value = try? JSON.parse(json), let attempts = value["attempts"]?.integer,
            (1...1000).contains(attempts),
            let share = value["leakShare"]?.double, let words = value["leakWords"]?.integer, words > 0,
            let marker = value["marker"]?.string, let maxNewTokens = value["maxNewTokens"]?.integer, maxNewTokens > 0,
            let temperature = value["temperature"]?.double, let topP = value["topP"]?.double
        else { throw RationaleWriterError() }
        self.init(
            model: value["model"]?.string, temperature: temperature, topP: topP, maxNewTokens: maxNewTokens,
            attempts: attempts, leak: LeakCheck(words: words, share: share), marker: marker)
    }
}

/// What a task says about its writer cannot be read.
public struct RationaleWriterError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One sentence.
    public let description =
        "the writer of the rationale task cannot be read: it is of another version of this software"

    init() {}
}
