// Optimiser steps, element by element; sums over rows and columns in a fixed order.

static void adamw(ptrdiff_t n, rk_adamw recipe, const float *gradient, float gradient_scale, float *parameter,
                  float *first, float *second) {
    float keep = 1.0f - recipe.learning_rate * recipe.weight_decay, rate = recipe.learning_rate / recipe.correction1;
    float rest1 = 1.0f - recipe.beta1, rest2 = 1.0f - recipe.beta2;
    for (ptrdiff_t i = 0; i < n; i++) {
        float g = gradient[i] * gradient_scale;
        float m = __builtin_fmaf(rest1, g - first[i], first[i]);
        float v = __builtin_fmaf(rest2 * g, g, recipe.beta2 * second[i]);
        first[i] = m;
        second[i] = v;
        float denominator = __builtin_sqrtf(v) / recipe.correction2_root + recipe.epsilon;
        parameter[i] = __builtin_fmaf(-rate, m / denominator, parameter[i] * keep);
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
    for (ptrdiff_t i = 0; i < n; i++) out[i] = gradient[i] * factor / __builtin_sqrtf(moment[i]);
}
