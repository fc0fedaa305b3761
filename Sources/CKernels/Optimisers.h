// Optimiser steps, element by element; sums over rows and columns in a fixed order.

typedef struct adamw_lanes {
    lanes parameter, first, second;
} adamw_lanes;

INLINE adamw_lanes adamw16(rk_adamw recipe, lanes g, adamw_lanes x) {
    adamw_lanes y;
    y.first = fma16(splat(1.0f - recipe.beta1), g - x.first, x.first);
    y.second = fma16(splat(1.0f - recipe.beta2) * g, g, splat(recipe.beta2) * x.second);
    lanes denominator = fma16(sqrt16(y.second), splat(1.0f / recipe.correction2_root), splat(recipe.epsilon));
    lanes keep = splat(1.0f - recipe.learning_rate * recipe.weight_decay);
    lanes rate = splat(-recipe.learning_rate / recipe.correction1);
    y.parameter = fma16(rate, y.first / denominator, x.parameter * keep);
    return y;
}

static void adamw(ptrdiff_t n, rk_adamw recipe, const float *gradient, float gradient_scale, float *parameter,
                  float *first, float *second) {
    ptrdiff_t i = 0;
    FOR_LANES(i, n) {
        adamw_lanes x = {load(parameter + i), load(first + i), load(second + i)};
        adamw_lanes y = adamw16(recipe, load(gradient + i) * splat(gradient_scale), x);
        store(parameter + i, y.parameter);
        store(first + i, y.first);
        store(second + i, y.second);
    }
    if (i < n) {
        ptrdiff_t left = n - i;
        adamw_lanes x = {load_part(parameter + i, left, 0.0f), load_part(first + i, left, 0.0f),
                         load_part(second + i, left, 0.0f)};
        adamw_lanes y = adamw16(recipe, load_part(gradient + i, left, 0.0f) * splat(gradient_scale), x);
        store_part(parameter + i, left, y.parameter);
        store_part(first + i, left, y.first);
        store_part(second + i, left, y.second);
    }
}

static void adafactor_second_moment(ptrdiff_t m, ptrdiff_t n, const float *gradient, ptrdiff_t row, float gradient_scale,
                                    float beta2, float epsilon, float *row_moment, float *column_moment) {
    float *columns_sum = rk_scratch(RK_SCRATCH_ROWS, (size_t)n);
    for (ptrdiff_t j = 0; j < n; j++) columns_sum[j] = 0.0f;
    float rest = 1.0f - beta2;
    for (ptrdiff_t i = 0; i < m; i++, gradient += row) {
        lanes acc = splat(0.0f);
        ptrdiff_t j = 0;
        FOR_LANES(j, n) {
            lanes g = load(gradient + j) * splat(gradient_scale);
            lanes square = g * g + splat(epsilon);
            acc += square;
            store(columns_sum + j, load(columns_sum + j) + square);
        }
        float tail = 0.0f;
        for (; j < n; j++) {
            float g = gradient[j] * gradient_scale, square = g * g + epsilon;
            tail += square;
            columns_sum[j] += square;
        }
        float mean = (sum16(acc) + tail) / (float)n;
        row_moment[i] = beta2 * row_moment[i] + rest * mean;
    }
    for (ptrdiff_t j = 0; j < n; j++)
        column_moment[j] = beta2 * column_moment[j] + rest * (columns_sum[j] / (float)m);
}

static void adafactor_whole_moment(ptrdiff_t n, const float *gradient, float gradient_scale, float beta2, float epsilon,
                                   float *moment) {
    float rest = 1.0f - beta2;
    for (ptrdiff_t i = 0; i < n; i++) {
        float g = gradient[i] * gradient_scale;
        moment[i] = beta2 * moment[i] + rest * (g * g + epsilon);
    }
}

static void adafactor_update(ptrdiff_t n, const float *gradient, float factor, const float *moment, float *out) {
    ptrdiff_t i = 0;
    FOR_LANES(i, n) store(out + i, load(gradient + i) * splat(factor) / sqrt16(load(moment + i)));
    if (i < n)
        store_part(out + i, n - i,
                   load_part(gradient + i, n - i, 0.0f) * splat(factor) / sqrt16(load_part(moment + i, n - i, 1.0f)));
}
