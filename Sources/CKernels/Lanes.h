// Sixteen lanes of single precision, the unit every kernel is written in. One AVX-512 register, two AVX2 or four NEON ones:
// the arithmetic of a lane is the same in each, and so are its bits.

#pragma STDC FP_CONTRACT OFF
// Every function that takes lanes is inlined: how a call would pass them does not matter.
#pragma clang diagnostic ignored "-Wpsabi"

#define LANES 16
#define INLINE static inline __attribute__((always_inline))

INLINE ptrdiff_t round_up(ptrdiff_t n, ptrdiff_t unit) { return (n + unit - 1) / unit * unit; }

typedef float lanes __attribute__((vector_size(64)));
typedef int32_t ilanes __attribute__((vector_size(64)));
typedef float lanes_unaligned __attribute__((vector_size(64), aligned(4)));

INLINE lanes splat(float x) { return (lanes){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x}; }
INLINE ilanes isplat(int32_t x) { return (ilanes){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x}; }
INLINE lanes load(const float *p) { return *(const lanes_unaligned *)p; }
INLINE void store(float *p, lanes x) { *(lanes_unaligned *)p = x; }
INLINE lanes fma16(lanes a, lanes b, lanes c) { return __builtin_elementwise_fma(a, b, c); }
INLINE lanes sqrt16(lanes a) { return __builtin_elementwise_sqrt(a); }
INLINE lanes choose(ilanes mask, lanes a, lanes b) { return (lanes)((mask & (ilanes)a) | (~mask & (ilanes)b)); }
INLINE lanes max16(lanes a, lanes b) { return choose(a > b, a, b); }

// The first n of 16 elements; the others are `rest`.
INLINE lanes load_part(const float *p, ptrdiff_t n, float rest) {
    float buffer[LANES] __attribute__((aligned(64)));
    for (ptrdiff_t i = 0; i < LANES; i++) buffer[i] = i < n ? p[i] : rest;
    return *(const lanes *)buffer;
}
INLINE void store_part(float *p, ptrdiff_t n, lanes x) {
    float buffer[LANES] __attribute__((aligned(64)));
    *(lanes *)buffer = x;
    for (ptrdiff_t i = 0; i < n; i++) p[i] = buffer[i];
}

// Lane i + 8, i + 4, i + 2 and i + 1 (mod 16): what a fixed tree over the lanes adds in turn.
INLINE lanes turn8(lanes x) { return __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7); }
INLINE lanes turn4(lanes x) { return __builtin_shufflevector(x, x, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11); }
INLINE lanes turn2(lanes x) { return __builtin_shufflevector(x, x, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13); }
INLINE lanes turn1(lanes x) { return __builtin_shufflevector(x, x, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14); }

INLINE float sum16(lanes x) {
    x += turn8(x);
    x += turn4(x);
    x += turn2(x);
    x += turn1(x);
    return x[0];
}
INLINE float largest16(lanes x) {
    x = max16(turn8(x), x);
    x = max16(turn4(x), x);
    x = max16(turn2(x), x);
    x = max16(turn1(x), x);
    return x[0];
}

// Whole blocks of 16 from i on; the rest, n - i elements, is the caller's.
#define FOR_LANES(i, n) for (; (i) + LANES <= (n); (i) += LANES)

// e^x. x = n ln 2 + r with |r| <= ln 2 / 2, polynomial of degree 7 for e^r (Taylor with a minimax tail), then 2^n in two
// factors so that subnormal results round once. Below -104: 0; above 88.73: infinity; NaN stays.
INLINE lanes exp16(lanes x) {
    lanes clamped = choose(x < splat(-104.0f), splat(-104.0f), choose(x > splat(89.0f), splat(89.0f), x));
    lanes magic = splat(12582912.0f);
    lanes n = fma16(clamped, splat(1.44269504f), magic) - magic;
    lanes r = fma16(n, splat(-0.693359375f), clamped);
    r = fma16(n, splat(2.12194440e-4f), r);
    lanes p = splat(1.98412698e-4f);
    p = fma16(p, r, splat(1.38888889e-3f));
    p = fma16(p, r, splat(8.33333333e-3f));
    p = fma16(p, r, splat(4.16666667e-2f));
    p = fma16(p, r, splat(1.66666667e-1f));
    p = fma16(p, r, splat(0.5f));
    p = fma16(p, r, splat(1.0f));
    p = fma16(p, r, splat(1.0f));
    ilanes whole = (ilanes)(n + magic) - isplat(0x4B400000);
    ilanes half = whole >> 1;
    lanes low = (lanes)((half + isplat(127)) << 23);
    lanes high = (lanes)((whole - half + isplat(127)) << 23);
    lanes y = p * low * high;
    y = choose(x < splat(-104.0f), splat(0.0f), y);
    return choose(x == x, y, x);
}

// ln x for x > 0 (0: -infinity, negative: NaN, infinity: infinity). x = 2^k m with m in [sqrt(1/2), sqrt(2)), then the
// polynomial of Cephes' logf in m - 1.
INLINE lanes log16(lanes x) {
    ilanes subnormal = x < splat(1.17549435e-38f);
    lanes scaled = choose(subnormal, x * splat(8388608.0f), x);
    ilanes bits = (ilanes)scaled;
    ilanes exponent = ((bits - isplat(0x3F3504F3)) >> 23);
    lanes m = (lanes)(bits - (exponent << 23));
    ilanes shifted = exponent - (subnormal & isplat(23));
    lanes k = __builtin_convertvector(shifted, lanes);
    lanes f = m - splat(1.0f);
    lanes z = f * f;
    lanes p = splat(7.0376836292e-2f);
    p = fma16(p, f, splat(-1.1514610310e-1f));
    p = fma16(p, f, splat(1.1676998740e-1f));
    p = fma16(p, f, splat(-1.2420140846e-1f));
    p = fma16(p, f, splat(1.4249322787e-1f));
    p = fma16(p, f, splat(-1.6668057665e-1f));
    p = fma16(p, f, splat(2.0000714765e-1f));
    p = fma16(p, f, splat(-2.4999993993e-1f));
    p = fma16(p, f, splat(3.3333331174e-1f));
    lanes y = f * z * p;
    y = fma16(k, splat(-2.12194440e-4f), y);
    y = fma16(z, splat(-0.5f), y);
    y = f + y;
    y = fma16(k, splat(0.693359375f), y);
    y = choose(x == splat(0.0f), splat(-INFINITY), y);
    y = choose(x < splat(0.0f), splat(NAN), y);
    y = choose(x == splat(INFINITY), x, y);
    return choose(x == x, y, x);
}

INLINE float exp1(float x) { return exp16(splat(x))[0]; }
INLINE float log1(float x) { return log16(splat(x))[0]; }

// tanh x = 1 - 2 / (e^2x + 1), with the odd Taylor polynomial near zero, where that would cancel.
INLINE lanes tanh16(lanes x) {
    lanes a = choose(x < splat(0.0f), -x, x);
    lanes far = splat(1.0f) - splat(2.0f) / (exp16(a + a) + splat(1.0f));
    lanes z = x * x;
    lanes p = splat(3.5921280e-3f);
    p = fma16(p, z, splat(-8.8632355e-3f));
    p = fma16(p, z, splat(2.1869488e-2f));
    p = fma16(p, z, splat(-5.3968254e-2f));
    p = fma16(p, z, splat(1.3333333e-1f));
    p = fma16(p, z, splat(-3.3333333e-1f));
    lanes near = fma16(p * z, x, x);
    return choose(a < splat(0.4f), near, choose(x < splat(0.0f), -far, far));
}

// 1 / (1 + e^-x)
INLINE lanes sigmoid16(lanes x) { return splat(1.0f) / (splat(1.0f) + exp16(-x)); }

// erf x = x + x q(x^2) near zero; 1 - e^(|x| p(|x|)) with the sign of x beyond, 1 to the last bit from 4.1 on. Both
// polynomials are minimax fits for relative error (1.8e-8 and less).
INLINE lanes erf16(lanes x) {
    lanes a = choose(x < splat(0.0f), -x, x), z = x * x;
    lanes q = splat(-5.95375488e-4f);
    q = fma16(q, z, splat(4.9859439e-3f));
    q = fma16(q, z, splat(-2.67617218e-2f));
    q = fma16(q, z, splat(1.12816826e-1f));
    q = fma16(q, z, splat(-3.76124799e-1f));
    q = fma16(q, z, splat(1.28379151e-1f));
    lanes near = fma16(q, x, x);
    lanes t = choose(a < splat(4.1f), a, splat(4.1f));
    lanes p = splat(-1.53606125e-5f);
    p = fma16(p, t, splat(3.61376471e-4f));
    p = fma16(p, t, splat(-3.78900231e-3f));
    p = fma16(p, t, splat(2.40521077e-2f));
    p = fma16(p, t, splat(-1.06552586e-1f));
    p = fma16(p, t, splat(-6.34971976e-1f));
    p = fma16(p, t, splat(-1.12869012f));
    lanes far = splat(1.0f) - exp16(p * t);
    return choose(a < splat(0.93f), near, choose(x < splat(0.0f), -far, far));
}

// x times the standard normal distribution function of x (Hendrycks and Gimpel, 2016), not its tanh approximation.
INLINE lanes gelu16(lanes x) { return splat(0.5f) * x * (splat(1.0f) + erf16(x * splat(0.707106781f))); }
