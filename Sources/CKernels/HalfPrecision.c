#include "CKernels.h"

#include <string.h>

static uint32_t bits_of(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static float float_of(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

void rk_bfloat16_from_float(ptrdiff_t n, const float *x, uint16_t *y) {
    for (ptrdiff_t i = 0; i < n; i++) {
        uint32_t bits = bits_of(x[i]);
        uint32_t rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
        uint32_t nan = (bits >> 16) | 0x40;
        y[i] = (uint16_t)((bits & 0x7FFFFFFF) > 0x7F800000 ? nan : rounded);
    }
}

void rk_float_from_bfloat16(ptrdiff_t n, const uint16_t *x, float *y) {
    for (ptrdiff_t i = 0; i < n; i++) y[i] = float_of((uint32_t)x[i] << 16);
}

// Subnormal halves fall out of one float addition, whose rounding is the one wanted.
void rk_float16_from_float(ptrdiff_t n, const float *x, uint16_t *y) {
    for (ptrdiff_t i = 0; i < n; i++) {
        uint32_t bits = bits_of(x[i]), sign = (bits >> 16) & 0x8000, magnitude = bits & 0x7FFFFFFF, half;
        if (magnitude > 0x7F800000) half = 0x7E00 | ((magnitude >> 13) & 0x3FF);
        else if (magnitude >= 0x477FF000) half = 0x7C00;
        else if (magnitude < 0x38800000) half = bits_of(float_of(magnitude) + 0.5f) - 0x3F000000;
        else half = (magnitude + 0xFFF + ((magnitude >> 13) & 1) - 0x38000000) >> 13;
        y[i] = (uint16_t)(sign | half);
    }
}

void rk_float_from_float16(ptrdiff_t n, const uint16_t *x, float *y) {
    for (ptrdiff_t i = 0; i < n; i++) {
        uint32_t sign = (uint32_t)(x[i] & 0x8000) << 16, exponent = (x[i] >> 10) & 31, mantissa = x[i] & 0x3FF;
        uint32_t bits;
        if (exponent == 31) bits = 0x7F800000 | mantissa << 13;
        else if (exponent == 0) bits = bits_of((float)mantissa * 0x1p-24f);
        else bits = ((exponent + 112) << 23) | mantissa << 13;
        y[i] = float_of(sign | bits);
    }
}
