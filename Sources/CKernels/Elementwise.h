// Elementwise work and reductions in 16 lanes.

#define MAP(name, expression)                                                                                           \
    static void name(ptrdiff_t n, const float *x, float *y) {                                                           \
        ptrdiff_t i = 0;                                                                                                \
        FOR_LANES(i, n) {                                                                                               \
            lanes v = load(x + i);                                                                                      \
            store(y + i, expression);                                                                                   \
        }                                                                                                               \
        if (i < n) {                                                                                                    \
            lanes v = load_part(x + i, n - i, 1.0f);                                                                    \
            store_part(y + i, n - i, expression);                                                                       \
        }                                                                                                               \
    }

MAP(map_exp, exp16(v))
MAP(map_log, log16(v))
MAP(map_tanh, tanh16(v))
MAP(map_gelu, gelu16(v))

static void axpy(ptrdiff_t n, float alpha, const float *x, float *y) {
    ptrdiff_t i = 0;
    FOR_LANES(i, n) store(y + i, fma16(splat(alpha), load(x + i), load(y + i)));
    for (; i < n; i++) y[i] = __builtin_fmaf(alpha, x[i], y[i]);
}

static void add(ptrdiff_t n, const float *x, const float *y, float *z) {
    for (ptrdiff_t i = 0; i < n; i++) z[i] = x[i] + y[i];
}

static void multiply_elements(ptrdiff_t n, const float *x, const float *y, float *z) {
    for (ptrdiff_t i = 0; i < n; i++) z[i] = x[i] * y[i];
}

static void scale(ptrdiff_t n, float alpha, float *x) {
    for (ptrdiff_t i = 0; i < n; i++) x[i] *= alpha;
}

// Long reductions add in double precision: products of two floats are exact there.
typedef double dlanes __attribute__((vector_size(128)));

INLINE dlanes widen(lanes x) { return __builtin_convertvector(x, dlanes); }

INLINE double dsum16(dlanes x) {
    double b[LANES] __attribute__((aligned(128)));
    *(dlanes *)b = x;
    for (int width = 8; width >= 1; width /= 2)
        for (int i = 0; i < width; i++) b[i] += b[i + width];
    return b[0];
}

static double dot(ptrdiff_t n, const float *x, const float *y) {
    dlanes acc = widen(splat(0.0f));
    ptrdiff_t i = 0;
    FOR_LANES(i, n) acc += widen(load(x + i)) * widen(load(y + i));
    if (i < n) acc += widen(load_part(x + i, n - i, 0.0f)) * widen(load_part(y + i, n - i, 0.0f));
    return dsum16(acc);
}

static double sum_of_squares(ptrdiff_t n, const float *x) { return dot(n, x, x); }

static double sum(ptrdiff_t n, const float *x) {
    dlanes acc = widen(splat(0.0f));
    ptrdiff_t i = 0;
    FOR_LANES(i, n) acc += widen(load(x + i));
    if (i < n) acc += widen(load_part(x + i, n - i, 0.0f));
    return dsum16(acc);
}

INLINE float largest(ptrdiff_t n, const float *x) {
    lanes best = splat(-INFINITY);
    ptrdiff_t i = 0;
    FOR_LANES(i, n) best = max16(load(x + i), best);
    if (i < n) best = max16(load_part(x + i, n - i, -INFINITY), best);
    return largest16(best);
}

// y = e^(x - shift), returns the sum. Element i adds to lane i mod 16; y may be x.
INLINE float exp_sum(ptrdiff_t n, const float *x, float shift, float *y) {
    lanes acc = splat(0.0f);
    ptrdiff_t i = 0;
    FOR_LANES(i, n) {
        lanes e = exp16(load(x + i) - splat(shift));
        acc += e;
        store(y + i, e);
    }
    if (i < n) {
        lanes e = exp16(load_part(x + i, n - i, -INFINITY) - splat(shift));
        acc += e;
        store_part(y + i, n - i, e);
    }
    return sum16(acc);
}
