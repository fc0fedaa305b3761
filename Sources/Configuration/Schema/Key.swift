import JSONLines

/// A group of keys: a value whose initial state holds every default.
protocol Section: Sendable, Equatable {
    init()
    static var keys: [Key<Self>] { get }
}

/// One key of the configuration, described once. Reading, writing, checking, documenting and digesting all follow from the
/// list of these (`RunConfiguration.keys`).
struct Key<Root: Section>: Sendable {
    /// Dotted from `Root` down.
    var path: String
    /// What values it takes: `a whole number from 1 to 64`.
    let kind: String
    /// The same as far as JSON Schema can say it.
    let schema: JSON
    /// What it decides.
    let summary: String
    let read: @Sendable (Tree, inout Root) throws(Mismatch) -> Void
    /// Nil while another key says the same (`steps` when `epochs` is given).
    let show: @Sendable (Root) -> Shown?
    /// Takes the default again.
    let reset: @Sendable (inout Root) -> Void
    var conditions: [Condition<Root>] = []
    /// Keys of the same section that say the same in another way.
    var alternatives: [String] = []
    /// Without a default, where it has a meaning.
    var isRequired = false
    /// Whether the key's text decides what is learned.
    var isLearned = true

    init<Value: Sendable>(
        _ name: String, _ property: any WritableKeyPath<Root, Value> & Sendable, _ kind: Kind<Value>, _ summary: String
    ) {
        self.path = name
        self.kind = kind.name
        self.schema = kind.schema
        self.summary = summary
        self.read = { tree, root throws(Mismatch) in root[keyPath: property] = try kind.read(tree) }
        self.show = { root in kind.show(root[keyPath: property]) }
        self.reset = { root in root[keyPath: property] = Root()[keyPath: property] }
    }

    /// One of several ways to give a property: `part` is nil while it was given another way.
    init<Value: Sendable, Whole: Sendable>(
        _ name: String, insteadOf alternatives: [String], _ property: any WritableKeyPath<Root, Whole> & Sendable,
        part: @escaping @Sendable (Whole) -> Value?, whole: @escaping @Sendable (Value) -> Whole, _ kind: Kind<Value>,
        _ summary: String
    ) {
        self.path = name
        self.kind = kind.name
        self.schema = kind.schema
        self.summary = summary
        self.alternatives = alternatives
        self.read = { tree, root throws(Mismatch) in root[keyPath: property] = whole(try kind.read(tree)) }
        self.show = { root in part(root[keyPath: property]).map(kind.show) }
        self.reset = { root in root[keyPath: property] = Root()[keyPath: property] }
    }

    private init<Child>(_ key: Key<Child>, in name: String, _ property: any WritableKeyPath<Root, Child> & Sendable) {
        func inside(_ path: String) -> String { name.isEmpty ? path : name + "." + path }
        path = inside(key.path)
        kind = key.kind
        schema = key.schema
        summary = key.summary
        read = { tree, root throws(Mismatch) in try key.read(tree, &root[keyPath: property]) }
        show = { root in key.show(root[keyPath: property]) }
        reset = { root in key.reset(&root[keyPath: property]) }
        conditions = key.conditions.map { condition in
            Condition(cause: inside(condition.cause)) { root in condition.reason(root[keyPath: property]) }
        }
        alternatives = key.alternatives.map(inside)
        isRequired = key.isRequired
        isLearned = key.isLearned
    }

    /// The keys of a section; without a name they stand beside the others of `Root`.
    static func section<Child: Section>(
        _ name: String = "", _ property: any WritableKeyPath<Root, Child> & Sendable
    ) -> [Key] {
        Child.keys.map { Key($0, in: name, property) }
    }

    /// Whether no other key makes this one pointless.
    func hasMeaning(in root: Root) -> Bool { conditions.allSatisfy { $0.reason(root) == nil } }

    var required: Key {
        var key = self
        key.isRequired = true
        return key
    }

    /// Changes where or how fast a run is done, or where things lie, and never what it learns.
    var operational: Key {
        var key = self
        key.isLearned = false
        return key
    }

    /// One of two keys that exclude each other; this one keeps its default while the other is given.
    func instead(of alternative: String) -> Key {
        var key = self
        key.alternatives = [alternative]
        return key
    }

    func unless(_ cause: String, _ reason: @escaping @Sendable (Root) -> String?) -> Key {
        var key = self
        key.conditions.append(Condition(cause: cause, reason: reason))
        return key
    }
}

/// When a key does nothing: `reason` gives the words for it, because of the key `cause`.
struct Condition<Root: Sendable>: Sendable {
    let cause: String
    let reason: @Sendable (Root) -> String?
}

extension Array {
    /// The condition on every key, or only on those named, or on all but those named.
    func unless<Root: Section>(
        _ cause: String, onlyIn named: Set<String>? = nil, except: Set<String> = [],
        _ reason: @escaping @Sendable (Root) -> String?
    ) -> [Key<Root>] where Element == Key<Root> {
        map { key in
            let applies = named?.contains(key.path) ?? !except.contains(key.path)
            return applies ? key.unless(cause, reason) : key
        }
    }
}
