// All kernels, compiled once per instruction level under that level's target attribute. No header guard, on purpose.

#include "Lanes.h"
#include "Products.h"
#include "Elementwise.h"
#include "Layers.h"
#include "Attention.h"
#include "Sampling.h"
#include "Optimisers.h"

// Twelve independent chains hide the latency of a fused multiply-add on two ports.
static double peak(ptrdiff_t rounds, float *sink) {
    lanes acc[RK_TILE_ROWS];
    for (int i = 0; i < RK_TILE_ROWS; i++) acc[i] = splat((float)i);
    lanes factor = load(sink) + splat(0.999f), term = splat(0.001f);
    for (ptrdiff_t r = 0; r < rounds; r++) {
        for (int i = 0; i < RK_TILE_ROWS; i++) acc[i] = fma16(acc[i], factor, term);
        __asm__ volatile("" : : : "memory");
    }
    lanes total = acc[0];
    for (int i = 1; i < RK_TILE_ROWS; i++) total += acc[i];
    sink[1] = sum16(total);
    return (double)rounds * RK_TILE_ROWS * LANES * 2;
}

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define QUOTE_(a) #a
#define QUOTE(a) QUOTE_(a)

extern const rk_kernels JOIN(rk_kernels_, RK_NAME);
const rk_kernels JOIN(rk_kernels_, RK_NAME) = {
    .name = QUOTE(RK_NAME),
    .pack = pack,
    .multiply_packed = multiply_packed,
    .multiply = multiply,
    .exp = map_exp,
    .log = map_log,
    .tanh = map_tanh,
    .gelu = map_gelu,
    .axpy = axpy,
    .add = add,
    .multiply_elements = multiply_elements,
    .scale = scale,
    .sum_of_squares = sum_of_squares,
    .sum = sum,
    .dot = dot,
    .rms_norm = rms_norm,
    .rms_norm_backward = rms_norm_backward,
    .layer_norm = layer_norm,
    .rope = rope,
    .swiglu = swiglu,
    .swiglu_backward = swiglu_backward,
    .softmax = softmax,
    .attention = attention,
    .attention_backward = attention_backward,
    .attention_decode = attention_decode,
    .cross_entropy = cross_entropy,
    .log_sum_exp = log_sum_exp,
    .argmax = argmax,
    .sample = sample,
    .adamw = adamw,
    .adafactor_second_moment = adafactor_second_moment,
    .adafactor_whole_moment = adafactor_whole_moment,
    .adafactor_update = adafactor_update,
    .peak = peak,
};
