import JSONLines

/// What a training command has said of itself: one JSON object a line,
/// `{"step": 1, "steps": 40, "loss": 2.31, "tokens": 812}`, after each step or every few; `tokens` counts the target tokens so
/// far. Lines that do not begin with `{` are for people.
struct TrainingLines {
    /// A line that breaks the rules: what the program did, as the end of a sentence.
    struct Breach: Error, Equatable, CustomStringConvertible {
        let description: String
    }

    /// One report.
    struct Step: Equatable {
        var step: Int
        var steps: Int
        var loss: Double
        var tokens: Int
    }

    /// The first report and the latest.
    private(set) var first: Step?
    private(set) var last: Step?

    enum Reception: Equatable {
        case step(Step)
        case words(String)
    }

    mutating func take(_ line: ArraySlice<UInt8>) throws(Breach) -> Reception {
        let text = String(decoding: line.prefix(160), as: UTF8.self)
        let shown = String(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) })
        guard line.first == UInt8(ascii: "{") else { return .words(shown) }
        guard let object = try? JSON.parse(Array(line)) else {
            let isNumber = text.contains("NaN") || text.contains("Infinity")
            throw Breach(
                description: "wrote " + (isNumber ? "a loss that is no number" : "a line that is not JSON")
                    + ": '\(shown)'")
        }
        guard let step = object["step"]?.integer, let steps = object["steps"]?.integer,
            let loss = object["loss"]?.double, let tokens = object["tokens"]?.integer, loss.isFinite,
            step >= 1, step <= steps, steps <= UInt32.max, tokens >= 0
        else {
            throw Breach(description: "wrote a line without step, steps, loss and tokens as numbers: '\(shown)'")
        }
        guard step >= last?.step ?? 1 else {
            throw Breach(description: "went back from step \(last?.step ?? 0) to step \(step)")
        }
        let report = Step(step: step, steps: steps, loss: loss, tokens: tokens)
        first = first ?? report
        last = report
        return .step(report)
    }

    /// What is missing at the end; nil when the training is whole.
    var shortfall: String? {
        guard let last else { return "ended without a line that says how far it came" }
        return last.step == last.steps ? nil : "ended after step \(last.step) of \(last.steps)"
    }
}
