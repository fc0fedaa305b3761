// Numeric kernels with one promise: the bits of a result depend on its inputs alone, not on the CPU's vector width, the
// number of rows computed together, or the number of threads.
//
// How it is kept: every product accumulates over k in one order with fused multiply-add, one accumulator per output; every
// other reduction runs in 16 explicit lanes (element i belongs to lane i mod 16) closed by one fixed tree; exp, log and
// their kin are our own; contraction and reassociation are off. The same source is compiled for AVX-512, AVX2 with FMA and
// plain C (NEON on ARM), and one table of function pointers is chosen at run time.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Shape of an attention layer: `heads` query heads share `kv_heads` key-value heads; `window` = 0 means unlimited. A query
/// sees the keys up to its own position, or those of its whole sequence when `bidirectional` (forward only, no window).
typedef struct rk_attention {
    ptrdiff_t heads;
    ptrdiff_t kv_heads;
    ptrdiff_t head_dimension;
    ptrdiff_t window;
    float scale;
    int bidirectional;
} rk_attention;

/// A strided matrix operand: element (i, j) lies at `data[i * row + j * column]`.
typedef struct rk_operand {
    const float *data;
    ptrdiff_t row;
    ptrdiff_t column;
} rk_operand;

/// Where one layer of a key-value cache lies. Slot s starts at `slot_offset[s]` of its base; keys in panels of 32
/// positions `[position / 32][dimension][32]`, values in rows of `value_stride`.
typedef struct rk_cache {
    const float *keys;
    const float *values;
    const int64_t *key_offset;
    const int64_t *value_offset;
    const int32_t *capacity;
} rk_cache;

typedef struct rk_adamw {
    float learning_rate;
    float beta1;
    float beta2;
    float epsilon;
    float weight_decay;
    float correction1;       // 1 - beta1^t
    float correction2_root;  // sqrt(1 - beta2^t)
} rk_adamw;

typedef struct rk_kernels {
    const char *name;

    // Products. `pack` lays W [n, k] out in panels of 32 rows of W: panel p, then k, then 32 values.
    void (*pack)(ptrdiff_t n, ptrdiff_t k, rk_operand w, float *panels);
    // c[m, n] (+)= a[m, k] . w[n, k]^T
    void (*multiply_packed)(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, rk_operand a, const float *panels, float *c,
                            ptrdiff_t c_row, int accumulate);
    // c[m, n] (+)= a[m, k] . b[k, n]
    void (*multiply)(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, rk_operand a, rk_operand b, float *c, ptrdiff_t c_row,
                     int accumulate);

    // Elementwise on contiguous runs
    void (*exp)(ptrdiff_t n, const float *x, float *y);
    void (*log)(ptrdiff_t n, const float *x, float *y);
    void (*tanh)(ptrdiff_t n, const float *x, float *y);
    void (*gelu)(ptrdiff_t n, const float *x, float *y);
    void (*axpy)(ptrdiff_t n, float alpha, const float *x, float *y);   // y = alpha x + y
    void (*add)(ptrdiff_t n, const float *x, const float *y, float *z);
    void (*multiply_elements)(ptrdiff_t n, const float *x, const float *y, float *z);
    void (*scale)(ptrdiff_t n, float alpha, float *x);
    double (*sum_of_squares)(ptrdiff_t n, const float *x);
    double (*sum)(ptrdiff_t n, const float *x);
    double (*dot)(ptrdiff_t n, const float *x, const float *y);

    // Layers
    void (*rms_norm)(ptrdiff_t m, ptrdiff_t n, const float *x, ptrdiff_t x_row, const float *weight, float epsilon,
                     float *y, ptrdiff_t y_row, float *_Nullable rstd);
    void (*rms_norm_backward)(ptrdiff_t m, ptrdiff_t n, const float *dy, ptrdiff_t dy_row, const float *x,
                              ptrdiff_t x_row, const float *weight, const float *rstd, float *dx, ptrdiff_t dx_row,
                              int accumulate, float *_Nullable dweight);
    void (*layer_norm)(ptrdiff_t m, ptrdiff_t n, const float *x, ptrdiff_t x_row, const float *weight, const float *bias,
                       float epsilon, float *y, ptrdiff_t y_row);
    void (*rope)(ptrdiff_t m, ptrdiff_t heads, ptrdiff_t dimension, float *x, ptrdiff_t x_row, const int32_t *positions,
                 const float *cosines, const float *sines, int inverse);
    void (*swiglu)(ptrdiff_t m, ptrdiff_t n, const float *gate, ptrdiff_t gate_row, const float *up, ptrdiff_t up_row,
                   float *y, ptrdiff_t y_row);
    void (*swiglu_backward)(ptrdiff_t m, ptrdiff_t n, const float *dy, ptrdiff_t dy_row, const float *gate,
                            ptrdiff_t gate_row, const float *up, ptrdiff_t up_row, float *dgate, ptrdiff_t dgate_row,
                            float *dup, ptrdiff_t dup_row);
    void (*softmax)(ptrdiff_t m, ptrdiff_t n, float *x, ptrdiff_t x_row, float scale, ptrdiff_t causal_offset);
    void (*attention)(rk_attention shape, const float *q, ptrdiff_t q_row, const float *k, ptrdiff_t k_row,
                      const float *v, ptrdiff_t v_row, const int32_t *starts, ptrdiff_t segments, float *out,
                      ptrdiff_t out_row, float *_Nullable log_sum_exp);
    void (*attention_backward)(rk_attention shape, const float *dout, ptrdiff_t dout_row, const float *out,
                               ptrdiff_t out_row, const float *q, ptrdiff_t q_row, const float *k, ptrdiff_t k_row,
                               const float *v, ptrdiff_t v_row, const int32_t *starts, ptrdiff_t segments,
                               const float *log_sum_exp, float *dq, ptrdiff_t dq_row, float *dk, ptrdiff_t dk_row,
                               float *dv, ptrdiff_t dv_row);
    void (*attention_decode)(rk_attention shape, ptrdiff_t m, const float *q, ptrdiff_t q_row, rk_cache prefix,
                             const int32_t *prefix_slot, const int32_t *prefix_count, rk_cache suffix,
                             const int32_t *suffix_slot, const int32_t *suffix_count, float *out, ptrdiff_t out_row);

    // Logits
    void (*cross_entropy)(ptrdiff_t m, ptrdiff_t n, float *logits, ptrdiff_t row, const int32_t *targets,
                          const float *weights, float *losses, int gradient);
    float (*log_sum_exp)(ptrdiff_t n, const float *x);
    ptrdiff_t (*argmax)(ptrdiff_t n, const float *x);
    int32_t (*sample)(ptrdiff_t n, const float *logits, float temperature, ptrdiff_t top_k, double top_p, double uniform);

    // Optimisers
    void (*adamw)(ptrdiff_t n, rk_adamw recipe, const float *gradient, float gradient_scale, float *parameter,
                  float *first, float *second);
    void (*adafactor_second_moment)(ptrdiff_t m, ptrdiff_t n, const float *gradient, ptrdiff_t row, float gradient_scale,
                                    float beta2, float epsilon, float *row_moment, float *column_moment);

    void (*adafactor_whole_moment)(ptrdiff_t n, const float *gradient, float gradient_scale, float beta2, float epsilon,
                                   float *moment);
    // out = gradient * factor / sqrt(moment)
    void (*adafactor_update)(ptrdiff_t n, const float *gradient, float factor, const float *moment, float *out);

    // Peak: `rounds` rounds of independent register-only FMA; returns the number of floating-point operations done.
    double (*peak)(ptrdiff_t rounds, float *sink);
} rk_kernels;

/// Instruction levels, in rising order.
enum { RK_GENERIC = 0, RK_AVX2 = 1, RK_AVX512 = 2 };

/// The kernels in use: those of the highest level this CPU has, unless `rk_force_level` chose another.
const rk_kernels *rk_active(void);
/// The highest level this CPU has.
int rk_supported_level(void);
/// For tests: use `level` from now on (-1: the highest supported). Returns 0 when this CPU lacks it.
int rk_force_level(int level);

/// Scalar functions in double precision, for tables and schedules; accurate to about one unit in the last place.
double rk_exp_double(double x);
double rk_log_double(double x);
double rk_sin_double(double x);
double rk_cos_double(double x);

/// Conversions, round to nearest even.
void rk_bfloat16_from_float(ptrdiff_t n, const float *x, uint16_t *y);
void rk_float_from_bfloat16(ptrdiff_t n, const uint16_t *x, float *y);
void rk_float16_from_float(ptrdiff_t n, const float *x, uint16_t *y);
void rk_float_from_float16(ptrdiff_t n, const uint16_t *x, float *y);

/// CRC-32C (Castagnoli) of `n` bytes, continuing from `crc` (0 to start).
uint32_t rk_crc32c(uint32_t crc, const void *bytes, size_t n);

/// Runs `body(context, i)` for i in 0..<count on at most `threads` threads, the caller among them, and returns when all
/// are done. Calls from within a body run on the calling thread alone.
void rk_parallel(ptrdiff_t threads, ptrdiff_t count, void (*body)(void *_Nullable context, ptrdiff_t index),
                 void *_Nullable context);

#pragma clang assume_nonnull end

#endif
