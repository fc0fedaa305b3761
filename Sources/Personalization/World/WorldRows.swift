public import JSONLines

/// From writers to rows in LongLaMP's schema.
extension SyntheticWorld {
    /// The examples of a split, tasks in order; `Example.row` holds the row as `write` puts it into a file.
    public func examples(_ split: DataSplit) -> [Example] {
        Self.tasks.flatMap { task in writers(task, split).map { Self.example($0, split) } }
    }

    /// The rows of one task's file, in order.
    public func rows(_ task: WritingTask, _ split: DataSplit) -> [JSONObject] {
        writers(task, split).map { Self.example($0, split).row }
    }

    static func example(_ writer: Writer, _ split: DataSplit) -> Example {
        let task = writer.grammar.task
        let (input, output) = request(writer.answer, writer.grammar)
        let documents = writer.documents.map { document($0, writer) }
        let id = "\(task.rawValue)-\(split.rawValue)-\(writer.name.dropFirst("user-".count))"
        var row = JSONObject()
        row["id"] = .string(id)
        row[task.userField] = .string(writer.name)
        row["input"] = .string(input)
        row["output"] = .string(output)
        row["profile"] = .array(documents.map { .object($0.fields) })
        return Example(
            id: id, task: task, user: writer.name, input: input, output: output, profile: documents, row: row)
    }

    /// What is asked and what the writer wrote.
    static func request(_ text: WorldText, _ grammar: WorldGrammar) -> (input: String, output: String) {
        let title = text.title(grammar)
        let whole = text.rendered(grammar)
        let noun = grammar.nouns[text.noun]
        let place = WorldLexicon.places[text.place]
        switch grammar.task {
        case .productReview:
            let description = "\(WorldLexicon.adjectives[text.adjective]) \(noun)"
            let input =
                "Write the review text for a product with description \"\(description)\", overall rating "
                + "\"\(text.rating)\" and summary \"\(title)\"."
            return (input, whole)
        case .abstractGeneration:
            let third = text.detail?.things.first.map { WorldLexicon.things[$0] } ?? grammar.aspects[text.aspect]
            let input =
                "Generate an abstract for the title \"\(title)\" using the following items: \(noun), \(place), \(third)."
            return (input, whole)
        case .topicWriting, .commitWriting:
            return ("Generate the content for a post with the title: \(title)", whole)
        case .emailCompletion:
            let (start, rest) = text.renderedParts(grammar)
            let beginning = Trimmed.text(start)
            return ("Complete the text of the following email. title: \(title). text: \(beginning)", rest)
        }
    }

    static func document(_ text: WorldText, _ writer: Writer) -> Document {
        let task = writer.grammar.task
        var document = Document(title: text.title(writer.grammar), text: text.rendered(writer.grammar))
        if let field = task.ratingField {
            document.rating = Double(text.rating)
            document.fields[field] = .integer(Int64(text.rating))
        }
        if let field = task.subjectField {
            document.subject =
                "\(WorldLexicon.adjectives[text.adjective]) \(writer.grammar.nouns[text.noun])"
            document.fields[field] = .string(document.subject)
        }
        document.fields[task.titleField] = .string(document.title)
        document.fields[task.textField] = .string(document.text)
        return document
    }
}
