import Numerics

/// Working memory of a forward pass without gradients, for up to `capacity` rows; grows, never shrinks.
struct InferenceWorkspace {
    private(set) var capacity = 0
    /// Residual stream: [rows, hidden].
    private(set) var stream: Matrix
    private(set) var normed: Matrix
    private(set) var queryKeyValue: Matrix
    private(set) var attended: Matrix
    private(set) var gateUp: Matrix
    private(set) var activated: Matrix
    /// [rows of the largest `logits` request, vocabulary]
    private(set) var logits: Matrix
    private let geometry: LlamaGeometry

    /// Rows that go through the feed-forward network and the output matrix together: enough for full speed, few
    /// enough to stay in the cache.
    static let block = 128

    init(_ geometry: LlamaGeometry) {
        self.geometry = geometry
        let none = Matrix(rows: 0, columns: 0)
        (stream, normed, queryKeyValue, attended, gateUp, activated, logits) = (
            none, none, none, none, none, none, none
        )
    }

    /// Makes room for `rows` rows and `logitRows` rows of logits.
    mutating func reserve(rows: Int, logitRows: Int) {
        if rows > capacity {
            capacity = (rows + 15) / 16 * 16
            let block = min(capacity, Self.block)
            stream = Matrix(rows: capacity, columns: geometry.hidden)
            normed = Matrix(rows: capacity, columns: geometry.hidden)
            queryKeyValue = Matrix(rows: capacity, columns: geometry.queries + 2 * geometry.keys)
            attended = Matrix(rows: capacity, columns: geometry.queries)
            gateUp = Matrix(rows: block, columns: 2 * geometry.intermediate)
            activated = Matrix(rows: block, columns: geometry.intermediate)
        }
        if logitRows > logits.rows { logits = Matrix(rows: logitRows, columns: geometry.vocabulary) }
    }
}
