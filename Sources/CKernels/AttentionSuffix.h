// The part of a decoding step where nothing is shared: each query against the keys and values of its own sequence.
//
// One query meets each number once, so this runs at the speed of memory if nothing else stands in the way: no tiles to
// choose, four sequences at a time so that their chains hide each other's latency, and values asked for while scores are
// computed. The arithmetic is that of a tile: one chain per score over the dimensions, one per output over the positions.

#if RK_TILE_ROWS == 12
#define SUFFIX_ROWS 4
#define SUFFIX_VECTORS 4
#else
#define SUFFIX_ROWS 2
#define SUFFIX_VECTORS 2
#endif

// Scores of one query against vectors * 16 keys; on the way asks for as much of what lies at `next`.
INLINE void score_vectors(const int vectors, ptrdiff_t width, const float *q, const float *keys, const float *next,
                          float *scores) {
    lanes acc[8];
    EACH for (int v = 0; v < vectors; v++) acc[v] = splat(0.0f);
    for (ptrdiff_t d = 0; d < width; d++) {
        lanes qd = splat(q[d]);
        EACH for (int v = 0; v < vectors; v++) {
            ptrdiff_t at = (v / 2) * PANEL * width + d * PANEL + (v % 2) * LANES;
            acc[v] = fma16(qd, load(keys + at), acc[v]);
            __builtin_prefetch(next + at, 0, 2);
        }
    }
    EACH for (int v = 0; v < vectors; v++) store(scores + v * LANES, acc[v]);
}

// Writes whole vectors: up to 15 scores beyond n.
static void score_row(ptrdiff_t width, ptrdiff_t n, const float *q, const float *keys, const float *next,
                      float *scores) {
    ptrdiff_t vectors = (n + LANES - 1) / LANES, v = 0;
    for (; v + 8 <= vectors; v += 8)
        score_vectors(8, width, q, keys + v * LANES * width, next + v * LANES * width, scores + v * LANES);
    for (; v + 4 <= vectors; v += 4)
        score_vectors(4, width, q, keys + v * LANES * width, next + v * LANES * width, scores + v * LANES);
    for (; v + 2 <= vectors; v += 2)
        score_vectors(2, width, q, keys + v * LANES * width, next + v * LANES * width, scores + v * LANES);
    if (v < vectors)
        score_vectors(1, width, q, keys + v * LANES * width, next + v * LANES * width, scores + v * LANES);
}

// Adds weights . values to `vectors` * 16 columns of each of `rows` outputs, positions first..<end in order.
INLINE void value_vectors(const int rows, const int vectors, ptrdiff_t first, ptrdiff_t end,
                          const float *const *weights, const float *const *values, ptrdiff_t stride, float *out,
                          ptrdiff_t out_row) {
    lanes acc[SUFFIX_ROWS][SUFFIX_VECTORS];
    EACH for (int i = 0; i < rows; i++)
        EACH for (int v = 0; v < vectors; v++) acc[i][v] = load(out + i * out_row + v * LANES);
    for (ptrdiff_t p = first; p < end; p++)
        EACH for (int i = 0; i < rows; i++) {
            lanes weight = splat(weights[i][p]);
            EACH for (int v = 0; v < vectors; v++)
                acc[i][v] = fma16(weight, load(values[i] + p * stride + v * LANES), acc[i][v]);
        }
    EACH for (int i = 0; i < rows; i++)
        EACH for (int v = 0; v < vectors; v++) store(out + i * out_row + v * LANES, acc[i][v]);
}

INLINE void value_width(const int rows, ptrdiff_t vectors, ptrdiff_t first, ptrdiff_t end,
                        const float *const *weights, const float *const *values, ptrdiff_t stride, float *out,
                        ptrdiff_t out_row) {
    const float *here[SUFFIX_ROWS];
    for (ptrdiff_t v = 0; v < vectors;) {
        EACH for (int i = 0; i < rows; i++) here[i] = values[i] + v * LANES;
        ptrdiff_t left = vectors - v;
        float *target = out + v * LANES;
        if (left >= SUFFIX_VECTORS) {
            value_vectors(rows, SUFFIX_VECTORS, first, end, weights, here, stride, target, out_row);
            v += SUFFIX_VECTORS;
        } else if (left == 3) {
            value_vectors(rows, SUFFIX_VECTORS - 1, first, end, weights, here, stride, target, out_row);
            v += SUFFIX_VECTORS - 1;
        } else if (left == 2) {
            value_vectors(rows, 2, first, end, weights, here, stride, target, out_row);
            v += 2;
        } else {
            value_vectors(rows, 1, first, end, weights, here, stride, target, out_row);
            v += 1;
        }
    }
}

// Adds weights . values to some outputs [rows, stride], `counts[i]` positions of row i.
static void value_rows(ptrdiff_t rows, const int32_t *counts, const float *const *weights, const float *const *values,
                       ptrdiff_t stride, float *out) {
    ptrdiff_t vectors = stride / LANES;
    for (ptrdiff_t i = 0; i < rows; i += SUFFIX_ROWS) {
        ptrdiff_t height = rows - i < SUFFIX_ROWS ? rows - i : SUFFIX_ROWS, shared = 0;
        float *target = out + i * stride;
        if (height == SUFFIX_ROWS) {
            shared = counts[i];
            for (ptrdiff_t r = 1; r < height; r++) shared = counts[i + r] < shared ? counts[i + r] : shared;
            value_width(SUFFIX_ROWS, vectors, 0, shared, weights + i, values + i, stride, target, stride);
        }
        for (ptrdiff_t r = 0; r < height; r++)
            if (counts[i + r] > shared)
                value_width(1, vectors, shared, counts[i + r], weights + i + r, values + i + r, stride,
                            target + r * stride, stride);
    }
}
