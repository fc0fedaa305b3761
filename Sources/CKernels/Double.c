// Elementary functions in double precision from additions, products and fused multiply-adds alone.
#include "CKernels.h"

#include <math.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

static double power_of_two(int n) {
    uint64_t bits = (uint64_t)(n + 1023) << 52;
    double result;
    memcpy(&result, &bits, sizeof result);
    return result;
}

// x = n ln 2 + r, Taylor to r^13 on |r| <= ln 2 / 2.
double rk_exp_double(double x) {
    if (x != x) return x;
    if (x > 709.79) return INFINITY;
    if (x < -745.2) return 0.0;
    double n = __builtin_floor(x * 0x1.71547652b82fep0 + 0.5);
    double r = __builtin_fma(n, -0x1.62e42fefa39efp-1, x);
    r = __builtin_fma(n, -0x1.abc9e3b39803fp-56, r);
    double p = 1.0;
    for (int i = 13; i >= 1; i--) p = __builtin_fma(p * r, 1.0 / i, 1.0);
    int whole = (int)n, half = whole / 2;
    return p * power_of_two(half) * power_of_two(whole - half);
}

// x = 2^k m with m in [sqrt(1/2), sqrt(2)); ln m = 2 atanh((m - 1) / (m + 1)) by its series.
double rk_log_double(double x) {
    if (x != x || x == INFINITY) return x;
    if (x < 0.0) return NAN;
    if (x == 0.0) return -INFINITY;
    int k = 0;
    if (x < 0x1p-1022) {
        x *= 0x1p54;
        k = -54;
    }
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    k += (int)(bits >> 52) - 1023;
    bits = (bits & 0xFFFFFFFFFFFFF) | (uint64_t)1023 << 52;
    double m;
    memcpy(&m, &bits, sizeof m);
    if (m > 1.4142135623730951) {
        m *= 0.5;
        k += 1;
    }
    double s = (m - 1.0) / (m + 1.0), z = s * s, p = 0.0;
    for (int i = 21; i >= 3; i -= 2) p = __builtin_fma(p, z, 1.0 / i);
    double tail = __builtin_fma(2.0 * s * z, p, (double)k * 0x1.abc9e3b39803fp-56);
    return __builtin_fma((double)k, 0x1.62e42fefa39efp-1, 2.0 * s + tail);
}

// x = n pi / 2 + r with pi / 2 in three parts (Cody and Waite), Taylor on |r| <= pi / 4.
static void reduce(double x, double *r, int *quadrant) {
    double n = __builtin_floor(x * 0x1.45f306dc9c883p-1 + 0.5);
    double y = __builtin_fma(n, -0x1.921fb54442d18p0, x);
    y = __builtin_fma(n, -0x1.1a62633145c07p-54, y);
    *r = y;
    *quadrant = (int)((int64_t)n & 3);
}

static double sine_near(double r) {
    double z = r * r, p = 1.0;
    for (int i = 8; i >= 1; i--) p = __builtin_fma(p * z, -1.0 / (2 * i * (2 * i + 1)), 1.0);
    return r * p;
}

static double cosine_near(double r) {
    double z = r * r, p = 1.0;
    for (int i = 9; i >= 1; i--) p = __builtin_fma(p * z, -1.0 / (2 * i * (2 * i - 1)), 1.0);
    return p;
}

double rk_sin_double(double x) {
    double r;
    int quadrant;
    if (!(x - x == 0.0)) return NAN;
    reduce(x, &r, &quadrant);
    double y = quadrant & 1 ? cosine_near(r) : sine_near(r);
    return quadrant & 2 ? -y : y;
}

double rk_cos_double(double x) {
    double r;
    int quadrant;
    if (!(x - x == 0.0)) return NAN;
    reduce(x, &r, &quadrant);
    double y = quadrant & 1 ? sine_near(r) : cosine_near(r);
    return quadrant == 1 || quadrant == 2 ? -y : y;
}
