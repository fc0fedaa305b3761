import JSONLines

/// The recipe's canonical text: one flat JSON object, keys in a fixed order, every key present.
///
/// Reading is strict: unknown keys, wrong types and senseless values are refused; absent keys take the defaults. The
/// seed is written as a string, because JSON readers elsewhere lose integers beyond 2⁵³.
extension TrainingRecipe {
    /// Canonical JSON: equal recipes give equal bytes.
    public var json: String {
        var object = JSONObject()
        object["optimizer"] = .string(optimizer.rawValue)
        object["learningRate"] = .number(learningRate)
        object["beta1"] = .number(beta1)
        object["beta2"] = .number(beta2)
        object["epsilon"] = .number(epsilon)
        object["weightDecay"] = .number(weightDecay)
        object["decaysNorms"] = .bool(decaysNorms)
        object["clip"] = .number(clip)
        object["schedule"] = .string(schedule.decay.rawValue)
        object["warmupSteps"] = .integer(Int64(schedule.warmupSteps))
        object["learningRateFloor"] = .number(schedule.floor)
        switch duration {
        case .epochs(let count): object["epochs"] = .integer(Int64(count))
        case .steps(let count): object["steps"] = .integer(Int64(count))
        }
        object["batchSize"] = .integer(Int64(batchSize))
        object["maxTokens"] = .integer(Int64(maxTokens))
        object["gradientShards"] = .integer(Int64(gradientShards))
        object["seed"] = .string(String(seed))
        return JSON.object(object).serialized()
    }

    /// Reads what `json` writes.
    /// - Throws: `TrainingError` that names the key.
    public init(json text: String) throws(TrainingError) {
        let value: JSON
        do {
            value = try JSON.parse(text)
        } catch {
            throw TrainingError("The training recipe is not JSON: \(error)")
        }
        guard let object = value.object else { throw TrainingError("The training recipe must be a JSON object.") }
        var fields = RecipeFields(object: object)
        var recipe = TrainingRecipe()
        if let name = try fields.string("optimizer") { recipe.optimizer = try fields.choice("optimizer", name) }
        try fields.read("learningRate", into: &recipe.learningRate)
        try fields.read("beta1", into: &recipe.beta1)
        try fields.read("beta2", into: &recipe.beta2)
        try fields.read("epsilon", into: &recipe.epsilon)
        try fields.read("weightDecay", into: &recipe.weightDecay)
        try fields.read("decaysNorms", into: &recipe.decaysNorms)
        try fields.read("clip", into: &recipe.clip)
        if let name = try fields.string("schedule") { recipe.schedule.decay = try fields.choice("schedule", name) }
        try fields.read("warmupSteps", into: &recipe.schedule.warmupSteps)
        try fields.read("learningRateFloor", into: &recipe.schedule.floor)
        recipe.duration = try fields.duration() ?? recipe.duration
        try fields.read("batchSize", into: &recipe.batchSize)
        try fields.read("maxTokens", into: &recipe.maxTokens)
        try fields.read("gradientShards", into: &recipe.gradientShards)
        if let seed = try fields.string("seed") {
            guard let number = UInt64(seed) else {
                throw TrainingError("The training recipe's seed must be a whole number from 0 to 2^64-1, in quotes.")
            }
            recipe.seed = number
        }
        try fields.finish()
        try recipe.validate()
        self = recipe
    }
}

/// Takes typed fields out of the recipe's object and remembers which were known.
private struct RecipeFields {
    let object: JSONObject
    var known: Set<String> = []

    init(object: JSONObject) { self.object = object }

    mutating func value(_ key: String) -> JSON? {
        known.insert(key)
        return object[key]
    }

    func wrong(_ key: String, _ type: String) -> TrainingError {
        TrainingError("The training recipe's \(key) must be \(type).")
    }

    mutating func string(_ key: String) throws(TrainingError) -> String? {
        guard let value = value(key) else { return nil }
        guard let string = value.string else { throw wrong(key, "a string") }
        return string
    }

    func choice<Choice: RawRepresentable & CaseIterable>(_ key: String, _ name: String) throws(TrainingError) -> Choice
    where Choice.RawValue == String {
        if let choice = Choice(rawValue: name) { return choice }
        let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        throw TrainingError("The training recipe's \(key) '\(name)' is none of \(names).")
    }

    mutating func read(_ key: String, into field: inout Double) throws(TrainingError) {
        guard let value = value(key) else { return }
        guard let number = value.double else { throw wrong(key, "a number") }
        field = number
    }

    mutating func read(_ key: String, into field: inout Int) throws(TrainingError) {
        guard let value = value(key) else { return }
        guard let number = value.integer else { throw wrong(key, "a whole number") }
        field = number
    }

    mutating func read(_ key: String, into field: inout Bool) throws(TrainingError) {
        guard let value = value(key) else { return }
        guard let flag = value.bool else { throw wrong(key, "true or false") }
        field = flag
    }

    mutating func duration() throws(TrainingError) -> TrainingRecipe.Duration? {
        var epochs = -1
        var steps = -1
        let given = (value("epochs") != nil, value("steps") != nil)
        try read("epochs", into: &epochs)
        try read("steps", into: &steps)
        switch given {
        case (true, true): throw TrainingError("The training recipe gives both epochs and steps; keep one.")
        case (true, false): return .epochs(epochs)
        case (false, true): return .steps(steps)
        case (false, false): return nil
        }
    }

    func finish() throws(TrainingError) {
        for key in object.keys where !known.contains(key) {
            throw TrainingError("The training recipe has an unknown key '\(key)'; remove it.")
        }
    }
}
