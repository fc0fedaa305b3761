import Digests
import JSONLines
import Reports
import RolloutCore
import RunStore

/// One prompt with everything that belongs to it, and all its samples of one iteration.
struct PromptPage {
    private let samples: [TrajectoryView]
    private let run: Digest

    init(_ samples: [TrajectoryView], of run: Digest) {
        self.samples = samples
        self.run = run
    }

    /// Where a trajectory is shown.
    static func link(_ split: Split, _ iteration: UInt32, _ id: TrajectoryID) -> String {
        "/trajectories/\(split)/\(iteration)/\(id.prompt)#sample-\(id.sample)"
    }

    func write(to page: inout HTMLWriter) {
        guard let first = samples.first else { return page.element("p", text: "There is no such prompt.") }
        let prompt = first.prompt
        page.element("h1", text: "Prompt \(first.id.prompt), \(first.split), iteration \(first.iteration)")
        page.facts([
            ("task", prompt.task), ("user", prompt.user), ("row", prompt.example), ("samples", "\(samples.count)"),
            ("trace in the logs", first.trace(of: run)),
        ])
        page.section("request", "Request") { $0.element("p", ["class": "text", "dir": "auto"], text: prompt.input) }
        page.section("reference", "Reference") {
            $0.element("p", ["class": "text", "dir": "auto"], text: prompt.reference)
        }
        page.section("profile", "Profile") { page in
            documents("Retrieved documents", prompt.documents, isOpen: true, &page)
            documents("Whole profile", prompt.profile, isOpen: false, &page)
            if let rationale = prompt.rationale { details("Reasoning path for the fine-tuning", rationale, &page) }
            details("What the model read", prompt.text, &page)
        }
        page.section("samples", "Samples") { page in
            for view in samples { write(view, &page) }
        }
    }

    private func write(_ view: TrajectoryView, _ page: inout HTMLWriter) {
        page.line()
        page.element("article", ["id": "sample-\(view.id.sample)", "class": "sample"]) { page in
            page.element("h3", text: "Sample \(view.id.sample)")
            page.facts([
                ("reward", Cell.reward(view.reward).shown), ("outcome", view.outcome), ("node", view.node),
                ("attempt", "\(view.attempt)"), ("tokens", "\(view.tokens.count)"), ("end", view.stop),
                ("log-probability", view.logProbability.map { Decimals.text($0, 2) } ?? "–"),
            ])
            if !view.reasoning.isEmpty {
                page.element("h4", text: "Reasoning")
                page.element("p", ["class": "text reasoning", "dir": "auto"], text: view.reasoning)
            }
            page.element("h4", text: "Answer")
            if let answer = view.answer {
                page.element("p", ["class": "text", "dir": "auto"], text: answer)
            } else {
                page.element("p", ["class": "none"], text: "None: the text has no answer marker.")
            }
        }
    }

    // MARK: - Profile

    private func details(_ name: String, _ text: String, _ page: inout HTMLWriter) {
        page.element("details") { page in
            page.element("summary", text: name)
            page.element("p", ["class": "text", "dir": "auto"], text: text)
        }
    }

    /// The documents a JSON array lists; the text as it is where it lists none.
    private func documents(_ name: String, _ text: String, isOpen: Bool, _ page: inout HTMLWriter) {
        guard let documents = (try? JSON.parse(Array(text.utf8)))?.array else { return details(name, text, &page) }
        let attributes: KeyValuePairs<String, String> = isOpen ? ["open": ""] : [:]
        page.element("details", attributes) { page in
            page.element("summary", text: "\(name) (\(documents.count))")
            page.element("ol", ["class": "documents"]) { page in
                for document in documents {
                    page.element("li", ["dir": "auto"]) { write(document, &$0) }
                }
            }
        }
    }

    private func write(_ document: JSON, _ page: inout HTMLWriter) {
        guard let fields = document.object else { return page.put(document.string ?? document.serialized()) }
        page.element("dl") { page in
            for (name, value) in fields {
                page.element("dt", text: name)
                page.element("dd", ["class": "text"], text: value.string ?? value.serialized())
            }
        }
    }
}
