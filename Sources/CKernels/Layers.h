// The layers around the products: normalisations, rotary embedding, gated activation, softmax.

INLINE float square_sum(ptrdiff_t n, const float *x) {
    lanes acc = splat(0.0f);
    ptrdiff_t i = 0;
    FOR_LANES(i, n) {
        lanes v = load(x + i);
        acc = fma16(v, v, acc);
    }
    if (i < n) {
        lanes v = load_part(x + i, n - i, 0.0f);
        acc = fma16(v, v, acc);
    }
    return sum16(acc);
}

static void rms_norm(ptrdiff_t m, ptrdiff_t n, const float *x, ptrdiff_t x_row, const float *weight, float epsilon,
                     float *y, ptrdiff_t y_row, float *rstd) {
    for (ptrdiff_t r = 0; r < m; r++, x += x_row, y += y_row) {
        float inverse = 1.0f / __builtin_sqrtf(square_sum(n, x) / (float)n + epsilon);
        if (rstd) rstd[r] = inverse;
        for (ptrdiff_t i = 0; i < n; i++) y[i] = x[i] * inverse * weight[i];
    }
}

// With h = x rstd: dx = rstd (dy w - h mean(dy w h)), dw += dy h.
static void rms_norm_backward(ptrdiff_t m, ptrdiff_t n, const float *dy, ptrdiff_t dy_row, const float *x,
                              ptrdiff_t x_row, const float *weight, const float *rstd, float *dx, ptrdiff_t dx_row,
                              int accumulate, float *dweight) {
    for (ptrdiff_t r = 0; r < m; r++, dy += dy_row, x += x_row, dx += dx_row) {
        lanes acc = splat(0.0f);
        ptrdiff_t i = 0;
        FOR_LANES(i, n) acc = fma16(load(dy + i) * load(weight + i), load(x + i), acc);
        if (i < n)
            acc = fma16(load_part(dy + i, n - i, 0.0f) * load_part(weight + i, n - i, 0.0f),
                        load_part(x + i, n - i, 0.0f), acc);
        float inverse = rstd[r];
        float slope = sum16(acc) * inverse * inverse / (float)n;
        if (dweight)
            for (ptrdiff_t j = 0; j < n; j++) dweight[j] = __builtin_fmaf(dy[j] * inverse, x[j], dweight[j]);
        for (ptrdiff_t j = 0; j < n; j++) {
            float g = inverse * __builtin_fmaf(-slope, x[j], dy[j] * weight[j]);
            dx[j] = accumulate ? dx[j] + g : g;
        }
    }
}

// y = (x - mean) / sqrt(variance + epsilon) weight + bias, the variance from the differences; y may be x.
static void layer_norm(ptrdiff_t m, ptrdiff_t n, const float *x, ptrdiff_t x_row, const float *weight, const float *bias,
                       float epsilon, float *y, ptrdiff_t y_row) {
    for (ptrdiff_t r = 0; r < m; r++, x += x_row, y += y_row) {
        lanes total = splat(0.0f), squares = splat(0.0f);
        ptrdiff_t i = 0;
        FOR_LANES(i, n) total += load(x + i);
        if (i < n) total += load_part(x + i, n - i, 0.0f);
        float mean = sum16(total) / (float)n;
        i = 0;
        FOR_LANES(i, n) {
            lanes d = load(x + i) - splat(mean);
            squares = fma16(d, d, squares);
        }
        if (i < n) {
            lanes d = load_part(x + i, n - i, mean) - splat(mean);
            squares = fma16(d, d, squares);
        }
        float inverse = 1.0f / __builtin_sqrtf(sum16(squares) / (float)n + epsilon);
        for (ptrdiff_t j = 0; j < n; j++) y[j] = __builtin_fmaf((x[j] - mean) * inverse, weight[j], bias[j]);
    }
}

static void rope(ptrdiff_t m, ptrdiff_t heads, ptrdiff_t dimension, float *x, ptrdiff_t x_row, const int32_t *positions,
                 const float *cosines, const float *sines, int inverse) {
    ptrdiff_t half = dimension / 2;
    float sign = inverse ? -1.0f : 1.0f;
    for (ptrdiff_t r = 0; r < m; r++) {
        const float *c = cosines + positions[r] * half, *s = sines + positions[r] * half;
        for (ptrdiff_t h = 0; h < heads; h++) {
            float *a = x + r * x_row + h * dimension, *b = a + half;
            for (ptrdiff_t i = 0; i < half; i++) {
                float sine = sign * s[i], first = a[i], second = b[i];
                a[i] = __builtin_fmaf(-second, sine, first * c[i]);
                b[i] = __builtin_fmaf(first, sine, second * c[i]);
            }
        }
    }
}

static void swiglu(ptrdiff_t m, ptrdiff_t n, const float *gate, ptrdiff_t gate_row, const float *up, ptrdiff_t up_row,
                   float *y, ptrdiff_t y_row) {
    for (ptrdiff_t r = 0; r < m; r++, gate += gate_row, up += up_row, y += y_row) {
        ptrdiff_t i = 0;
        FOR_LANES(i, n) {
            lanes g = load(gate + i);
            store(y + i, g * sigmoid16(g) * load(up + i));
        }
        if (i < n) {
            lanes g = load_part(gate + i, n - i, 0.0f);
            store_part(y + i, n - i, g * sigmoid16(g) * load_part(up + i, n - i, 0.0f));
        }
    }
}

// silu'(g) = s (1 + g (1 - s)) with s = sigmoid(g)
INLINE lanes silu_slope(lanes g, lanes s) { return s * fma16(g, splat(1.0f) - s, splat(1.0f)); }

static void swiglu_backward(ptrdiff_t m, ptrdiff_t n, const float *dy, ptrdiff_t dy_row, const float *gate,
                            ptrdiff_t gate_row, const float *up, ptrdiff_t up_row, float *dgate, ptrdiff_t dgate_row,
                            float *dup, ptrdiff_t dup_row) {
    for (ptrdiff_t r = 0; r < m; r++) {
        ptrdiff_t i = 0;
        FOR_LANES(i, n) {
            lanes g = load(gate + i), d = load(dy + i), u = load(up + i), s = sigmoid16(g);
            store(dgate + i, d * u * silu_slope(g, s));
            store(dup + i, d * (g * s));
        }
        if (i < n) {
            ptrdiff_t left = n - i;
            lanes g = load_part(gate + i, left, 0.0f), d = load_part(dy + i, left, 0.0f);
            lanes u = load_part(up + i, left, 0.0f), s = sigmoid16(g);
            store_part(dgate + i, left, d * u * silu_slope(g, s));
            store_part(dup + i, left, d * (g * s));
        }
        dy += dy_row, gate += gate_row, up += up_row, dgate += dgate_row, dup += dup_row;
    }
}

static void softmax(ptrdiff_t m, ptrdiff_t n, float *x, ptrdiff_t x_row, float factor, ptrdiff_t causal_offset) {
    for (ptrdiff_t r = 0; r < m; r++, x += x_row) {
        ptrdiff_t seen = r + causal_offset + 1;
        seen = seen < 0 ? 0 : seen > n ? n : seen;
        for (ptrdiff_t i = seen; i < n; i++) x[i] = 0.0f;
        scale(seen, factor, x);
        float shift = largest(seen, x);
        if (shift == -INFINITY) shift = 0.0f;
        float total = exp_sum(seen, x, shift, x);
        scale(seen, 1.0f / total, x);
    }
}
