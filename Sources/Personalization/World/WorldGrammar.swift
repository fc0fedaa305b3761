/// The language of one task in the synthetic world: what may stand in each place of a text.
///
/// A text is put together in a fixed order:
///
///     [opening,] frame [.] [pet phrase,] opinion [.] [elaboration.] [detail.] [closing]
///
/// `{adjective}`, `{noun}` and `{place}` are what the text is about; the request names them. `{aspect}`, `{manner}` and
/// `{judgement}` are habits. `{items}`, a list of things, is drawn anew for every detail: nobody can predict it. Words that
/// follow *a* begin with a consonant.
struct WorldGrammar: Sendable {
    var task: WritingTask
    var openings: PhrasePool
    /// What joins the opening to the frame.
    var openingJoint: String
    /// Texts of this task always have an opening.
    var alwaysOpens: Bool
    var frames: [String]
    /// What ends the sentence of the frame.
    var frameEnd: String
    var opinion: String
    var aspects: [String]
    var pets: [String]
    /// What a well-disposed writer adds, and what an ill-disposed one does.
    var elaborations: (positive: String, negative: String)
    var details: [String]
    var closings: PhrasePool
    var nouns: [String]
    var title: String

    static let all = [product, abstract, topic, email]

    static let product = WorldGrammar(
        task: .productReview,
        openings: PhrasePool([
            [
                "well then", "good news", "fair warning", "quick note", "honest words", "brief report", "long story",
                "plain facts",
            ],
            [
                "dear shoppers", "kind readers", "fellow buyers", "patient friends", "curious people", "busy parents",
                "happy campers", "careful spenders",
            ],
        ]),
        openingJoint: ", ", alwaysOpens: false,
        frames: [
            "I finally ordered this {adjective} {noun} for the {place}",
            "after months of waiting the {adjective} {noun} reached our {place}",
            "my neighbour recommended a {adjective} {noun} for every {place}",
            "we happily placed this {adjective} {noun} in the {place}",
            "someone clever gave me a {adjective} {noun} for my {place}",
            "the shop promised that a {adjective} {noun} suits the {place}",
        ],
        frameEnd: ".",
        opinion: "the {aspect} is {manner} {judgement}",
        aspects: [
            "price", "handle", "colour", "weight", "finish", "packaging", "smell", "sound", "shape", "texture",
            "warranty", "delivery", "lid", "cable", "hinge", "label",
        ],
        pets: [
            "come rain or shine", "believe it or not", "truth be told", "for what it is worth", "if you ask me",
            "cross my heart", "to cut it short", "as my aunt says", "all things considered", "day in day out",
            "make no mistake", "from top to bottom", "like it or not", "sooner or later", "without any doubt",
            "time and again",
        ],
        elaborations: ("any {place} deserves such a {noun}", "no {place} needs this kind of {noun}"),
        details: [
            "in the box: {items}", "free with it: {items}", "still missing: {items}", "also delivered: {items}",
        ],
        closings: PhrasePool([
            ["happy", "sunny", "gentle", "lucky", "peaceful", "merry"],
            ["shopping", "travels", "evenings", "weekends", "mornings", "holidays"],
            ["to you all", "my friends", "from up north", "until next time"],
        ]),
        nouns: [
            "lantern", "bench", "kettle", "blanket", "clock", "mirror", "basket", "ladder", "pillow", "radio", "teapot",
            "drawer", "carpet", "whistle", "saddle", "camera", "hammer", "tent", "bucket", "guitar", "stove", "wallet",
            "cradle", "helmet",
        ],
        title: "{adjective} {noun} for the {place}")

    static let abstract = WorldGrammar(
        task: .abstractGeneration,
        openings: PhrasePool([
            [
                "in this note", "in this paper", "in this study", "in this report", "in this letter", "in this survey",
                "in this essay", "in this chapter",
            ],
            [
                "we measure", "we explain", "we compare", "we revisit", "we simulate", "we describe", "we question",
                "we map",
            ],
        ]),
        openingJoint: " ", alwaysOpens: true,
        frames: [
            "how {adjective} {noun} respond to pressure near the {place}",
            "why so many {adjective} {noun} gather around the {place}",
            "what happens when {adjective} {noun} leave the {place}",
            "whether {adjective} {noun} can survive inside the {place}",
            "where {adjective} {noun} store energy beneath the {place}",
            "how quickly {adjective} {noun} grow across the {place}",
        ],
        frameEnd: ".",
        opinion: "the {aspect} turned out {manner} {judgement}",
        aspects: [
            "error", "method", "model", "signal", "theory", "sample", "baseline", "estimate", "accuracy", "pattern",
            "variance", "evidence", "procedure", "curve", "ratio", "response",
        ],
        pets: [
            "to our knowledge", "in line with theory", "under mild assumptions", "with due caution",
            "contrary to belief", "across all seasons", "in broad terms", "on closer inspection",
            "despite some noise", "at larger scale", "by simple counting", "in repeated trials", "as others argued",
            "after careful checks", "within narrow limits", "once and for all",
        ],
        elaborations: (
            "{noun} of the {place} reward further work", "{noun} of the {place} resist any simple law"
        ),
        details: [
            "keywords: {items}", "materials: {items}", "controls: {items}", "left out: {items}",
        ],
        closings: PhrasePool([
            ["raw", "further", "complete", "annotated", "corrected", "monthly"],
            ["data", "samples", "tables", "figures", "records", "scripts"],
            ["are freely shared", "will follow soon", "remain on request", "come without charge"],
        ]),
        nouns: [
            "rivers", "glaciers", "bees", "magnets", "crystals", "forests", "neurons", "whales", "markets", "networks",
            "planets", "bridges", "enzymes", "beetles", "engines", "volcanoes", "children", "sensors", "dialects",
            "fungi", "robots", "migrants", "proteins", "tides",
        ],
        title: "{adjective} {noun} of the {place}")

    static let topic = WorldGrammar(
        task: .topicWriting,
        openings: PhrasePool([
            [
                "short question", "silly question", "small puzzle", "strange problem", "simple request",
                "nightly thought", "weekend riddle", "desperate plea",
            ],
            [
                "for the experts", "for clever minds", "to this forum", "for fellow beginners", "to anyone awake",
                "for patient teachers", "to local members", "for seasoned hands",
            ],
        ]),
        openingJoint: ", ", alwaysOpens: false,
        frames: [
            "has anyone here managed to mend a {adjective} {noun} in the {place}",
            "what should a beginner do about the {adjective} {noun} in my {place}",
            "which tool would you pick for a {adjective} {noun} in the {place}",
            "does it ever pay to keep a {adjective} {noun} in your {place}",
            "how many hours can one lose over a {adjective} {noun} in the {place}",
            "could somebody explain why a {adjective} {noun} belongs in the {place}",
        ],
        frameEnd: "?",
        opinion: "its {aspect} seems {manner} {judgement}",
        aspects: [
            "grip", "motor", "surface", "balance", "edge", "paint", "wiring", "joint", "cover", "gear", "valve",
            "spring", "thread", "filter", "switch", "frame",
        ],
        pets: [
            "please bear with me", "correct me if wrong", "to be perfectly frank", "call me old fashioned",
            "after three cups of tea", "as far as memory serves", "no offence to anyone", "just thinking out loud",
            "speaking as a novice", "for better or worse", "as every manual claims", "strange as it sounds",
            "between you and me", "against my own advice", "with fingers crossed", "as luck would have it",
        ],
        elaborations: (
            "that {noun} still makes the {place} brighter", "that {noun} keeps ruining the whole {place}"
        ),
        details: [
            "already tried: {items}", "tags: {items}", "lying around: {items}", "for scale: {items}",
        ],
        closings: PhrasePool([
            ["any", "every", "even one", "a single", "one honest", "a quick"],
            ["hint", "pointer", "photo", "sketch", "recipe", "remark"],
            ["would help me", "is most welcome", "earns my thanks", "makes my day"],
        ]),
        nouns: [
            "knife", "bicycle", "window", "piano", "boiler", "tractor", "printer", "violin", "chimney", "toaster",
            "pump", "fence", "kayak", "telescope", "keyboard", "furnace", "gate", "lamp", "compass", "shutter", "wagon",
            "projector", "sewing kit", "roof",
        ],
        title: "{adjective} {noun} in the {place}")

    static let email = WorldGrammar(
        task: .emailCompletion,
        openings: PhrasePool([
            [
                "hello", "greetings", "good morning", "good day", "welcome back", "hi again", "warm wishes",
                "good evening",
            ],
            [
                "dear team", "old friend", "lovely neighbours", "brave colleagues", "precious cousins",
                "trusted partners", "choir members", "garden club",
            ],
        ]),
        openingJoint: ", ", alwaysOpens: true,
        frames: [
            "just a line about the {adjective} {noun} at the {place}",
            "you are all invited to the {adjective} {noun} near the {place}",
            "please save the date of the {adjective} {noun} in the {place}",
            "everyone keeps asking me about the {adjective} {noun} by the {place}",
            "I am writing to confirm the {adjective} {noun} at our {place}",
            "nothing beats planning a {adjective} {noun} around the {place}",
        ],
        frameEnd: ".",
        opinion: "the {aspect} looks {manner} {judgement}",
        aspects: [
            "plan", "weather", "budget", "schedule", "venue", "menu", "music", "seating", "speech", "parking",
            "lighting", "guest list", "programme", "ticket", "bill", "stage",
        ],
        pets: [
            "as promised last week", "between meetings", "keep it quiet though", "knock on wood", "fair is fair",
            "joking aside", "if memory serves", "on second thoughts", "rain permitting", "for the record",
            "as ever in haste", "odd as it sounds", "busy as we are", "mark my words", "quite frankly", "in good time",
        ],
        elaborations: (
            "our {place} was made for a {noun}", "our {place} may not survive a {noun}"
        ),
        details: [
            "please bring: {items}", "lost and found: {items}", "for sale: {items}", "still needed: {items}",
        ],
        closings: PhrasePool([
            ["see you", "write back", "call me", "visit us", "ring me", "join us"],
            ["very soon", "before lunch", "any evening", "after supper", "this weekend", "next month"],
            ["as always", "if possible", "without fail", "with cake"],
        ]),
        nouns: [
            "picnic", "concert", "wedding", "meeting", "parade", "market day", "rehearsal", "banquet", "workshop",
            "tournament", "reunion", "lecture", "festival", "regatta", "barbecue", "reading", "clean up", "dance",
            "quiz night", "harvest", "walk", "supper", "raffle", "journey",
        ],
        title: "{adjective} {noun} at the {place}")
}
