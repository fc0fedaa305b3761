// Grouped-query attention (Vaswani et al., 2017; Ainslie et al., 2023) over packed sequences: causal for decoders, both ways
// for encoders.
//
// Scores are chains of fused multiply-adds over the head dimension, the maximum is exact, the sum of exponentials runs in
// 16 lanes by key position, and values are gathered key after key: what a query gets depends on it and its keys alone.
// Prefill, decoding with a shared prefix and the training pass therefore agree bit for bit.

import CKernels

/// The attention of one layer.
public struct Attention: Sendable {
    /// Query heads.
    public let heads: Int
    /// Key-value heads; `heads` is a multiple.
    public let keyValueHeads: Int
    /// Width of a head.
    public let headDimension: Int
    /// Factor on the scores, usually 1 / sqrt(headDimension).
    public let scale: Float
    /// How many keys back a query sees, itself included; nil: all.
    public let window: Int?
    /// Whether a query sees nothing that comes after it; otherwise it sees its whole sequence (`forward` alone does that).
    public let isCausal: Bool

    /// Attention with `scale` 1 / sqrt(headDimension) unless given.
    public init(
        heads: Int, keyValueHeads: Int, headDimension: Int, scale: Float? = nil, window: Int? = nil,
        isCausal: Bool = true
    ) {
        precondition(isCausal || window == nil, "a window looks back only")
        precondition(keyValueHeads > 0 && heads.isMultiple(of: keyValueHeads), "heads must share keys evenly")
        precondition(heads / keyValueHeads <= 64, "at most 64 heads share one key-value head")
        self.heads = heads
        self.keyValueHeads = keyValueHeads
        self.headDimension = headDimension
        self.scale = scale ?? 1 / Float(headDimension).squareRoot()
        self.window = window
        self.isCausal = isCausal
    }

    private var shape: rk_attention {
        rk_attention(
            heads: heads, kv_heads: keyValueHeads, head_dimension: headDimension, window: window ?? 0, scale: scale,
            bidirectional: isCausal ? 0 : 1)
    }

    /// Sequences packed one after the other: rows starts[i]..<starts[i + 1] form sequence i.
    ///
    /// queries and out: [rows, heads · headDimension]; keys and values: [rows, keyValueHeads · headDimension]; all may be
    /// column views. `logSumExp` [rows, heads], contiguous, is kept for the backward pass.
    public func forward(
        queries: Matrix, keys: Matrix, values: Matrix, starts: [Int32], into out: Matrix, logSumExp: Matrix? = nil
    ) {
        check(queries, keys, values, starts)
        precondition(out.rows == queries.rows && out.columns == queries.columns, "shapes differ")
        checkLogSumExp(logSumExp, queries.rows)
        unsafe kernels.attention(
            shape, queries.pointer, queries.rowStride, keys.pointer, keys.rowStride, values.pointer, values.rowStride,
            starts, starts.count - 1, out.pointer, out.rowStride, logSumExp?.pointer)
    }

    /// The backward pass: overwrites the three gradients (shapes as `queries`, `keys`, `values`).
    public func backward(
        _ outGradient: Matrix, out: Matrix, queries: Matrix, keys: Matrix, values: Matrix, starts: [Int32],
        logSumExp: Matrix, queryGradient: Matrix, keyGradient: Matrix, valueGradient: Matrix
    ) {
        precondition(isCausal, "only causal attention is trained")
        check(queries, keys, values, starts)
        check(queryGradient, keyGradient, valueGradient, starts)
        precondition(out.rows == queries.rows && out.columns == queries.columns, "shapes differ")
        precondition(outGradient.rows == queries.rows && outGradient.columns == queries.columns, "shapes differ")
        checkLogSumExp(logSumExp, queries.rows)
        unsafe kernels.attention_backward(
            shape, outGradient.pointer, outGradient.rowStride, out.pointer, out.rowStride, queries.pointer,
            queries.rowStride, keys.pointer, keys.rowStride, values.pointer, values.rowStride, starts,
            starts.count - 1, logSumExp.pointer, queryGradient.pointer, queryGradient.rowStride, keyGradient.pointer,
            keyGradient.rowStride, valueGradient.pointer, valueGradient.rowStride)
    }

    /// One new token for each of many rows: row r attends to `prefixCounts[r]` positions of slot `prefixSlots[r]` of
    /// `prefix`, then to `suffixCounts[r]` positions of slot `suffixSlots[r]` of `suffix` (its own token, appended
    /// before, included). Neighbouring rows with the same prefix are computed together.
    public func decode(
        queries: Matrix, layer: Int, prefix: KeyValueCache, prefixSlots: [Int32], prefixCounts: [Int32],
        suffix: KeyValueCache, suffixSlots: [Int32], suffixCounts: [Int32], into out: Matrix
    ) {
        precondition(isCausal, "only causal attention decodes")
        precondition(queries.columns == heads * headDimension, "queries of another width")
        precondition(out.rows == queries.rows && out.columns == queries.columns, "shapes differ")
        precondition(prefix.keyValueHeads == keyValueHeads && prefix.headDimension == headDimension, "another cache")
        precondition(suffix.keyValueHeads == keyValueHeads && suffix.headDimension == headDimension, "another cache")
        precondition(prefixSlots.count >= queries.rows && suffixSlots.count >= queries.rows, "one slot per row")
        precondition(prefixCounts.count >= queries.rows && suffixCounts.count >= queries.rows, "one count per row")
        for row in 0..<queries.rows {
            precondition(prefixCounts[row] <= prefix.capacities[Int(prefixSlots[row])], "prefix longer than its slot")
            precondition(suffixCounts[row] <= suffix.capacities[Int(suffixSlots[row])], "suffix longer than its slot")
            precondition(prefixCounts[row] >= 0 && suffixCounts[row] >= 0, "negative count")
            precondition(prefixCounts[row] + suffixCounts[row] > 0, "nothing to attend to")
        }
        unsafe prefix.withLayer(layer) { prefixView in
            unsafe suffix.withLayer(layer) { suffixView in
                unsafe kernels.attention_decode(
                    shape, queries.rows, queries.pointer, queries.rowStride, prefixView, prefixSlots, prefixCounts,
                    suffixView, suffixSlots, suffixCounts, out.pointer, out.rowStride)
            }
        }
    }

    private func check(_ queries: Matrix, _ keys: Matrix, _ values: Matrix, _ starts: [Int32]) {
        precondition(queries.columns == heads * headDimension, "queries of another width")
        precondition(keys.columns == keyValueHeads * headDimension && keys.rows == queries.rows, "keys differ")
        precondition(values.columns == keys.columns && values.rows == queries.rows, "values differ")
        precondition(starts.first == 0 && starts.last.map(Int.init) == queries.rows, "starts must span the rows")
        for index in 1..<max(starts.count, 1) {
            precondition(starts[index] >= starts[index - 1], "starts must not fall")
        }
    }

    private func checkLogSumExp(_ logSumExp: Matrix?, _ rows: Int) {
        guard let logSumExp else { return }
        precondition(
            logSumExp.rows == rows && logSumExp.columns == heads && logSumExp.isContiguous, "logSumExp differs")
    }
}
