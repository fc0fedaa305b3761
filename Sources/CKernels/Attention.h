// Attention over packed sequences, its gradient, and decoding over a key-value cache.
//
// Blocks of queries of one head meet the keys up to their last position (all keys of the sequence when attention goes both
// ways): scores by tiles over keys in panels, then softmax
// per row, then values key after key. Masked scores are -infinity, so their weights are exactly 0 and add exactly nothing:
// a query's result does not depend on the block it stands in.

#define QUERY_BLOCK 12
#define GRADIENT_BLOCK 48

// First key that the query at `position` sees.
INLINE ptrdiff_t first_key(ptrdiff_t position, ptrdiff_t window) {
    return window > 0 && position + 1 > window ? position + 1 - window : 0;
}

#include "AttentionSuffix.h"

// Sixteen scaled scores from column j on; those outside [first, end) are -infinity.
INLINE lanes visible(const float *scores, ptrdiff_t j, ptrdiff_t first, ptrdiff_t end, float factor) {
    lanes x = load(scores + j) * splat(factor);
    if (j >= first && j + LANES <= end) return x;
    ilanes column = isplat((int32_t)j) + (ilanes){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    return choose((column >= isplat((int32_t)first)) & (column < isplat((int32_t)end)), x, splat(-INFINITY));
}

// Scores to weights e^(s scale - max), columns outside [first, end) to 0, up to n rounded to 16, which the row must have
// room for. Returns max, and the sum through `total`.
INLINE float weigh(ptrdiff_t n, ptrdiff_t first, ptrdiff_t end, float *scores, float factor, float *total) {
    lanes best = splat(-INFINITY), sum = splat(0.0f);
    for (ptrdiff_t j = 0; j < n; j += LANES) best = max16(visible(scores, j, first, end, factor), best);
    float shift = largest16(best);
    for (ptrdiff_t j = 0; j < n; j += LANES) {
        lanes weight = exp16(visible(scores, j, first, end, factor) - splat(shift));
        sum += weight;
        store(scores + j, weight);
    }
    *total = sum16(sum);
    return shift;
}

// Rows of [n, dimension] copied to rows of `stride`, padded with zeros.
static void pad_rows(ptrdiff_t n, ptrdiff_t dimension, const float *x, ptrdiff_t x_row, float *y, ptrdiff_t stride) {
    for (ptrdiff_t i = 0; i < n; i++) {
        memcpy(y + i * stride, x + i * x_row, sizeof(float) * dimension);
        for (ptrdiff_t d = dimension; d < stride; d++) y[i * stride + d] = 0.0f;
    }
}

static void attention(rk_attention shape, const float *q, ptrdiff_t q_row, const float *k, ptrdiff_t k_row,
                      const float *v, ptrdiff_t v_row, const int32_t *starts, ptrdiff_t segments, float *out,
                      ptrdiff_t out_row, float *log_sum_exp) {
    ptrdiff_t width = shape.head_dimension, group = shape.heads / shape.kv_heads, stride = round_up(width, LANES);
    for (ptrdiff_t s = 0; s < segments; s++)
        for (ptrdiff_t kv = 0; kv < shape.kv_heads; kv++) {
            ptrdiff_t start = starts[s], length = starts[s + 1] - start;
            float *keys = rk_scratch(RK_SCRATCH_KEYS, (size_t)(round_up(length, PANEL) * width));
            float *values = rk_scratch(RK_SCRATCH_VALUES, (size_t)(length * stride + 1));
            ptrdiff_t scores_row = round_up(length, PANEL);
            float *scores = rk_scratch(RK_SCRATCH_SCORES, (size_t)(QUERY_BLOCK * scores_row));
            rk_operand key_rows = {k + start * k_row + kv * width, k_row, 1};
            pack_panels(length, width, key_rows, keys);
            pad_rows(length, width, v + start * v_row + kv * width, v_row, values, stride);
            for (ptrdiff_t h = kv * group; h < (kv + 1) * group; h++)
                for (ptrdiff_t i = 0; i < length; i += QUERY_BLOCK) {
                    ptrdiff_t rows = length - i < QUERY_BLOCK ? length - i : QUERY_BLOCK;
                    ptrdiff_t seen = shape.bidirectional ? length : i + rows;
                    ptrdiff_t from = first_key(i, shape.window) / PANEL * PANEL;
                    rk_operand queries = {q + (start + i) * q_row + h * width, q_row, 1};
                    multiply_columns(rows, round_up(seen - from, LANES), width, queries,
                                     (columns){keys + from * width, PANEL, PANEL * width}, scores + from, scores_row, 0);
                    float shift[QUERY_BLOCK], total[QUERY_BLOCK], logarithm[QUERY_BLOCK];
                    for (ptrdiff_t r = 0; r < rows; r++)
                        shift[r] = weigh(seen - from, first_key(i + r, shape.window) - from,
                                         (shape.bidirectional ? length : i + r + 1) - from,
                                         scores + r * scores_row + from, shape.scale, &total[r]);
                    if (log_sum_exp) {
                        map_log(rows, total, logarithm);
                        for (ptrdiff_t r = 0; r < rows; r++)
                            log_sum_exp[(start + i + r) * shape.heads + h] = shift[r] + logarithm[r];
                    }
                    float *target = out + (start + i) * out_row + h * width;
                    multiply_columns(rows, width, seen - from, (rk_operand){scores + from, scores_row, 1},
                                     (columns){values + from * stride, stride, PANEL}, target, out_row, 0);
                    for (ptrdiff_t r = 0; r < rows; r++) scale(width, 1.0f / total[r], target + r * out_row);
                }
        }
}

// With P the weights and D = sum(dout * out) of a row: dV += P^T dO, dS = P (dO V^T - D) scale, dQ = dS K, dK += dS^T Q.
static void attention_backward(rk_attention shape, const float *dout, ptrdiff_t dout_row, const float *out,
                               ptrdiff_t out_row, const float *q, ptrdiff_t q_row, const float *k, ptrdiff_t k_row,
                               const float *v, ptrdiff_t v_row, const int32_t *starts, ptrdiff_t segments,
                               const float *log_sum_exp, float *dq, ptrdiff_t dq_row, float *dk, ptrdiff_t dk_row,
                               float *dv, ptrdiff_t dv_row) {
    ptrdiff_t width = shape.head_dimension, group = shape.heads / shape.kv_heads;
    for (ptrdiff_t s = 0; s < segments; s++)
        for (ptrdiff_t kv = 0; kv < shape.kv_heads; kv++) {
            ptrdiff_t start = starts[s], length = starts[s + 1] - start, row = round_up(length, PANEL);
            float *keys = rk_scratch(RK_SCRATCH_KEYS, (size_t)(row * width));
            float *values = rk_scratch(RK_SCRATCH_VALUES, (size_t)(row * width));
            float *p = rk_scratch(RK_SCRATCH_SCORES, (size_t)(GRADIENT_BLOCK * row));
            float *ds = rk_scratch(RK_SCRATCH_SCORES_2, (size_t)(GRADIENT_BLOCK * row));
            const float *key_start = k + start * k_row + kv * width, *value_start = v + start * v_row + kv * width;
            pack_panels(length, width, (rk_operand){key_start, k_row, 1}, keys);
            pack_panels(length, width, (rk_operand){value_start, v_row, 1}, values);
            float *key_gradient = dk + start * dk_row + kv * width, *value_gradient = dv + start * dv_row + kv * width;
            for (ptrdiff_t i = 0; i < length; i++) {
                memset(key_gradient + i * dk_row, 0, sizeof(float) * width);
                memset(value_gradient + i * dv_row, 0, sizeof(float) * width);
            }
            for (ptrdiff_t h = kv * group; h < (kv + 1) * group; h++)
                for (ptrdiff_t i = 0; i < length; i += GRADIENT_BLOCK) {
                    ptrdiff_t rows = length - i < GRADIENT_BLOCK ? length - i : GRADIENT_BLOCK;
                    ptrdiff_t from = first_key(i, shape.window) / PANEL * PANEL, n = i + rows - from;
                    const float *queries = q + (start + i) * q_row + h * width;
                    const float *slope = dout + (start + i) * dout_row + h * width;
                    const float *result = out + (start + i) * out_row + h * width;
                    multiply_columns(rows, round_up(n, LANES), width, (rk_operand){queries, q_row, 1},
                                     (columns){keys + from * width, PANEL, PANEL * width}, p, row, 0);
                    multiply_columns(rows, round_up(n, LANES), width, (rk_operand){slope, dout_row, 1},
                                     (columns){values + from * width, PANEL, PANEL * width}, ds, row, 0);
                    for (ptrdiff_t r = 0; r < rows; r++) {
                        float *weights = p + r * row, *gradient = ds + r * row;
                        lanes shift = splat(log_sum_exp[(start + i + r) * shape.heads + h]);
                        lanes d = splat((float)dot(width, slope + r * dout_row, result + r * out_row));
                        ptrdiff_t first = first_key(i + r, shape.window) - from, end = i + r + 1 - from;
                        for (ptrdiff_t j = 0; j < n; j += LANES) {
                            lanes weight = exp16(visible(weights, j, first, end, shape.scale) - shift);
                            store(gradient + j, weight * (load(gradient + j) - d) * splat(shape.scale));
                            store(weights + j, weight);
                        }
                    }
                    multiply(n, width, rows, (rk_operand){p, 1, row}, (rk_operand){slope, dout_row, 1},
                             value_gradient + from * dv_row, dv_row, 1);
                    multiply(n, width, rows, (rk_operand){ds, 1, row}, (rk_operand){queries, q_row, 1},
                             key_gradient + from * dk_row, dk_row, 1);
                    multiply(rows, width, n, (rk_operand){ds, row, 1}, (rk_operand){key_start + from * k_row, k_row, 1},
                             dq + (start + i) * dq_row + h * width, dq_row, 0);
                }
        }
}

// Scores of some queries against `count` positions of one slot and head, and the weighted values added to `out`.
INLINE columns cached_keys(rk_attention shape, rk_cache cache, int32_t slot, ptrdiff_t kv) {
    ptrdiff_t panels = (cache.capacity[slot] + PANEL - 1) / PANEL, width = shape.head_dimension;
    return (columns){cache.keys + cache.key_offset[slot] + kv * panels * PANEL * width, PANEL, PANEL * width};
}
INLINE columns cached_values(rk_attention shape, rk_cache cache, int32_t slot, ptrdiff_t kv) {
    ptrdiff_t stride = round_up(shape.head_dimension, LANES);
    return (columns){cache.values + cache.value_offset[slot] + kv * cache.capacity[slot] * stride, stride, PANEL};
}

#define DECODE_ROWS 16
#define DECODE_QUERIES (DECODE_ROWS * 64)

// Rows first..<end share a prefix: their queries of one key-value head are one block.
static void decode_group(rk_attention shape, ptrdiff_t first, ptrdiff_t rows, const float *q, ptrdiff_t q_row,
                         rk_cache prefix, int32_t prefix_slot, ptrdiff_t prefix_count, rk_cache suffix,
                         const int32_t *suffix_slot, const int32_t *suffix_count, float *out, ptrdiff_t out_row) {
    ptrdiff_t width = shape.head_dimension, group = shape.heads / shape.kv_heads, longest = 0;
    ptrdiff_t stride = round_up(width, LANES), queries = rows * group;
    for (ptrdiff_t r = 0; r < rows; r++)
        if (suffix_count[first + r] > longest) longest = suffix_count[first + r];
    // Whole vectors are written from the end of the prefix on.
    ptrdiff_t row = round_up(prefix_count + longest, LANES) + LANES;
    float *scores = rk_scratch(RK_SCRATCH_SCORES, (size_t)(queries * row));
    float *block = rk_scratch(RK_SCRATCH_ROWS, (size_t)(2 * queries * stride));
    float *result = block + queries * stride;
    float inverse[DECODE_QUERIES];
    int32_t counts[DECODE_QUERIES];
    const float *weights[DECODE_QUERIES], *values[DECODE_QUERIES];
    for (ptrdiff_t kv = 0; kv < shape.kv_heads; kv++) {
        for (ptrdiff_t i = 0; i < queries; i++)
            memcpy(block + i * stride, q + (first + i / group) * q_row + (kv * group + i % group) * width,
                   sizeof(float) * width);
        if (prefix_count > 0)
            multiply_columns(queries, round_up(prefix_count, LANES), width, (rk_operand){block, stride, 1},
                             cached_keys(shape, prefix, prefix_slot, kv), scores, row, 0);
        for (ptrdiff_t i = 0; i < queries; i++) {
            int32_t slot = suffix_slot[first + i / group];
            ptrdiff_t own = suffix_count[first + i / group], n = prefix_count + own;
            counts[i] = (int32_t)own;
            weights[i] = scores + i * row + prefix_count;
            values[i] = cached_values(shape, suffix, slot, kv).data;
            score_row(width, own, block + i * stride, cached_keys(shape, suffix, slot, kv).data, values[i],
                      scores + i * row + prefix_count);
            float total;
            weigh(n, first_key(n - 1, shape.window), n, scores + i * row, shape.scale, &total);
            inverse[i] = 1.0f / total;
        }
        memset(result, 0, sizeof(float) * queries * stride);
        if (prefix_count > 0)
            multiply_columns(queries, width, prefix_count, (rk_operand){scores, row, 1},
                             cached_values(shape, prefix, prefix_slot, kv), result, stride, 0);
        value_rows(queries, counts, weights, values, stride, result);
        for (ptrdiff_t i = 0; i < queries; i++) {
            scale(width, inverse[i], result + i * stride);
            memcpy(out + (first + i / group) * out_row + (kv * group + i % group) * width, result + i * stride,
                   sizeof(float) * width);
        }
    }
}

static void attention_decode(rk_attention shape, ptrdiff_t m, const float *q, ptrdiff_t q_row, rk_cache prefix,
                             const int32_t *prefix_slot, const int32_t *prefix_count, rk_cache suffix,
                             const int32_t *suffix_slot, const int32_t *suffix_count, float *out, ptrdiff_t out_row) {
    for (ptrdiff_t first = 0; first < m;) {
        ptrdiff_t end = first + 1;
        while (end < m && end - first < DECODE_ROWS && prefix_slot[end] == prefix_slot[first] &&
               prefix_count[end] == prefix_count[first])
            end++;
        decode_group(shape, first, end - first, q, q_row, prefix, prefix_slot[first], prefix_count[first], suffix,
                     suffix_slot, suffix_count, out, out_row);
        first = end;
    }
}
