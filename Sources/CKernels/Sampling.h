// From logits to losses and tokens.

INLINE float log_sum_exp_at(ptrdiff_t n, const float *x, float shift) {
    lanes acc = splat(0.0f);
    ptrdiff_t i = 0;
    FOR_LANES(i, n) acc += exp16(load(x + i) - splat(shift));
    if (i < n) acc += exp16(load_part(x + i, n - i, -INFINITY) - splat(shift));
    return shift + log1(sum16(acc));
}

static float log_sum_exp(ptrdiff_t n, const float *x) {
    float shift = largest(n, x);
    return shift == -INFINITY ? shift : log_sum_exp_at(n, x, shift);
}

static void cross_entropy(ptrdiff_t m, ptrdiff_t n, float *logits, ptrdiff_t row, const int32_t *targets,
                          const float *weights, float *losses, int gradient) {
    for (ptrdiff_t r = 0; r < m; r++, logits += row) {
        float weight = weights[r];
        if (weight == 0.0f) {
            losses[r] = 0.0f;
            if (gradient) memset(logits, 0, sizeof(float) * n);
            continue;
        }
        float total = log_sum_exp(n, logits);
        losses[r] = total == -INFINITY ? INFINITY : weight * (total - logits[targets[r]]);
        if (!gradient) continue;
        if (total == -INFINITY) {
            memset(logits, 0, sizeof(float) * n);
            continue;
        }
        ptrdiff_t i = 0;
        FOR_LANES(i, n) store(logits + i, exp16(load(logits + i) - splat(total)) * splat(weight));
        if (i < n)
            store_part(logits + i, n - i,
                       exp16(load_part(logits + i, n - i, 0.0f) - splat(total)) * splat(weight));
        logits[targets[r]] -= weight;
    }
}

static ptrdiff_t argmax(ptrdiff_t n, const float *x) {
    float best = largest(n, x);
    ptrdiff_t i = 0;
    FOR_LANES(i, n) if (__builtin_reduce_or(load(x + i) == splat(best))) break;
    for (; i < n; i++)
        if (x[i] == best) return i;
    return 0;
}

typedef struct candidate {
    float weight;
    int32_t token;
} candidate;

// Heavier first; of equals the lower token.
INLINE int before(candidate a, candidate b) {
    return a.weight > b.weight || (a.weight == b.weight && a.token < b.token);
}

// Restores the heap (the first candidate on top) below `root`.
static void sift(candidate *heap, ptrdiff_t count, ptrdiff_t root) {
    candidate moved = heap[root];
    for (ptrdiff_t child = 2 * root + 1; child < count; child = 2 * root + 1) {
        if (child + 1 < count && before(heap[child + 1], heap[child])) child++;
        if (!before(heap[child], moved)) break;
        heap[root] = heap[child];
        root = child;
    }
    heap[root] = moved;
}

#define SAMPLE_BLOCK 256

// Weights e^((logit - max) / temperature) into `weights`, sums of blocks of 256 into `blocks` and the lanes' maxima in each
// block into `peaks`; returns the total.
static double sample_weights(ptrdiff_t n, const float *logits, float temperature, float *weights, float *blocks,
                             float *peaks) {
    float shift = largest(n, logits), inverse = 1.0f / temperature;
    double total = 0.0;
    for (ptrdiff_t b = 0; b * SAMPLE_BLOCK < n; b++) {
        ptrdiff_t start = b * SAMPLE_BLOCK, count = n - start < SAMPLE_BLOCK ? n - start : SAMPLE_BLOCK, i = 0;
        lanes acc = splat(0.0f), peak = splat(0.0f);
        FOR_LANES(i, count) {
            lanes e = exp16((load(logits + start + i) - splat(shift)) * splat(inverse));
            acc += e;
            peak = max16(e, peak);
            store(weights + start + i, e);
        }
        if (i < count) {
            lanes e = exp16((load_part(logits + start + i, count - i, -INFINITY) - splat(shift)) * splat(inverse));
            acc += e;
            peak = max16(e, peak);
            store_part(weights + start + i, count - i, e);
        }
        store(peaks + b * LANES, peak);
        blocks[b] = sum16(acc);
        total += blocks[b];
    }
    return total;
}

// Inversion of the cumulative distribution in token order: first the block, then the token.
static int32_t sample_all(ptrdiff_t n, const float *weights, const float *blocks, double mark) {
    ptrdiff_t count = (n + SAMPLE_BLOCK - 1) / SAMPLE_BLOCK, block = 0, last = 0;
    double below = 0.0;
    for (ptrdiff_t b = 0; b < count; b++) {
        if (!(blocks[b] > 0.0f)) continue;
        block = b;
        if (below + blocks[b] > mark) break;
        below += blocks[b];
    }
    // Sums of a block in lanes and in order differ in the last bits; a mark beyond the end takes the last token.
    for (ptrdiff_t i = block * SAMPLE_BLOCK; i < n && i < (block + 1) * SAMPLE_BLOCK; i++) {
        if (!(weights[i] > 0.0f)) continue;
        last = i;
        below += weights[i];
        if (below > mark) break;
    }
    return (int32_t)last;
}

// Weights lie in [0, 1]; their upper bits cut that range into 16 buckets per power of two.
#define BUCKET_SHIFT 19
#define BUCKETS 2048

INLINE ptrdiff_t bucket_of(float weight) {
    int32_t bits;
    memcpy(&bits, &weight, sizeof bits);
    return bits >> BUCKET_SHIFT;
}

// Keeps the first `most` candidates, or fewer when the first few reach `mass`. Whole buckets are taken from the heaviest
// down; only the one with the seam is put in order. The candidates stay in the order of their tokens.
static ptrdiff_t keep_first(candidate *all, ptrdiff_t count, ptrdiff_t most, double mass, candidate *heap) {
    double masses[BUCKETS];
    int32_t counts[BUCKETS];
    memset(masses, 0, sizeof masses);
    memset(counts, 0, sizeof counts);
    for (ptrdiff_t i = 0; i < count; i++) {
        ptrdiff_t b = bucket_of(all[i].weight);
        masses[b] += all[i].weight;
        counts[b] += 1;
    }
    double above = 0.0;
    ptrdiff_t taken = 0, seam = BUCKETS - 1;
    for (; seam >= 0; seam--) {
        if (counts[seam] > 0 && (taken + counts[seam] >= most || above + masses[seam] >= mass)) break;
        taken += counts[seam];
        above += masses[seam];
    }
    if (seam < 0) return count;
    ptrdiff_t inside = 0;
    for (ptrdiff_t i = 0; i < count; i++)
        if (bucket_of(all[i].weight) == seam) heap[inside++] = all[i];
    for (ptrdiff_t i = inside / 2; i-- > 0;) sift(heap, inside, i);
    candidate last = heap[0];
    while (inside > 0) {
        last = heap[0];
        taken += 1;
        above += last.weight;
        if (taken >= most || above >= mass) break;
        heap[0] = heap[--inside];
        sift(heap, inside, 0);
    }
    ptrdiff_t kept = 0;
    for (ptrdiff_t i = 0; i < count; i++) {
        candidate here = all[i];
        all[kept] = here;
        kept += !before(last, here);
    }
    return kept;
}

// The tokens of at least the weight `floor`, in order.
static ptrdiff_t gather_candidates(ptrdiff_t n, const float *weights, float floor, candidate *all) {
    ptrdiff_t count = 0;
    for (ptrdiff_t i = 0; i < n; i += LANES) {
        ptrdiff_t end = i + LANES < n ? i + LANES : n;
        if (end - i == LANES && !__builtin_reduce_or(load(weights + i) >= splat(floor))) continue;
        for (ptrdiff_t j = i; j < end; j++) {
            all[count] = (candidate){weights[j], (int32_t)j};
            count += (weights[j] > 0.0f) & (weights[j] >= floor);
        }
    }
    return count;
}

// A weight that at least k tokens reach: the k-th of maxima over disjoint sets of tokens.
static float kth_peak(ptrdiff_t peaks_count, const float *peaks, ptrdiff_t k, candidate *all, candidate *heap) {
    if (k > peaks_count) return 0.0f;
    for (ptrdiff_t i = 0; i < peaks_count; i++) all[i] = (candidate){peaks[i], (int32_t)i};
    ptrdiff_t count = keep_first(all, peaks_count, k, INFINITY, heap);
    float least = INFINITY;
    for (ptrdiff_t i = 0; i < count; i++) least = all[i].weight < least ? all[i].weight : least;
    return least;
}

static int32_t sample(ptrdiff_t n, const float *logits, float temperature, ptrdiff_t top_k, double top_p,
                      double uniform) {
    ptrdiff_t blocks = (n + SAMPLE_BLOCK - 1) / SAMPLE_BLOCK;
    float *weights = rk_scratch(RK_SCRATCH_SCORES, (size_t)(n + blocks * (1 + LANES)));
    float *peaks = weights + n + blocks;
    double total = sample_weights(n, logits, temperature, weights, weights + n, peaks);
    if (!(total > 0.0) || total == INFINITY) return (int32_t)argmax(n, logits);
    int limited = top_k > 0 && top_k < n;
    if (!limited && top_p >= 1.0) return sample_all(n, weights, weights + n, uniform * total);

    ptrdiff_t room = n + blocks * LANES + 1;
    candidate *all = (candidate *)rk_scratch(RK_SCRATCH_SCORES_2, (size_t)(4 * room));
    candidate *heap = all + room;
    // Tokens lighter than (1 - p) / n of the total hold less than 1 - p together, so the nucleus is among the others.
    float floor = limited ? kth_peak(blocks * LANES, peaks, top_k, all, heap)
                          : (float)((1.0 - top_p) * total / (double)n * 0.999);
    ptrdiff_t count = gather_candidates(n, weights, floor, all);
    if (limited) {
        count = keep_first(all, count, top_k, INFINITY, heap);
        total = 0.0;
        for (ptrdiff_t i = 0; i < count; i++) total += all[i].weight;
    }
    if (top_p < 1.0) count = keep_first(all, count, count, top_p * total, heap);
    double kept = 0.0, below = 0.0;
    for (ptrdiff_t i = 0; i < count; i++) kept += all[i].weight;
    for (ptrdiff_t i = 0; i < count; i++) {
        below += all[i].weight;
        if (below > uniform * kept) return all[i].token;
    }
    return all[count - 1].token;
}
