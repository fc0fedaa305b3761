#include "CKernels.h"

#include <stdatomic.h>

extern const rk_kernels rk_kernels_generic;
#if defined(__x86_64__)
extern const rk_kernels rk_kernels_avx2;
extern const rk_kernels rk_kernels_avx512;
#endif

static _Atomic(const rk_kernels *) active;

int rk_supported_level(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma"))
        return RK_AVX512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return RK_AVX2;
#endif
    return RK_GENERIC;
}

static const rk_kernels *kernels_of(int level) {
#if defined(__x86_64__)
    if (level == RK_AVX512) return &rk_kernels_avx512;
    if (level == RK_AVX2) return &rk_kernels_avx2;
#endif
    return &rk_kernels_generic;
}

int rk_force_level(int level) {
    int supported = rk_supported_level();
    if (level > supported) return 0;
    atomic_store_explicit(&active, kernels_of(level < 0 ? supported : level), memory_order_release);
    return 1;
}

const rk_kernels *rk_active(void) {
    const rk_kernels *kernels = atomic_load_explicit(&active, memory_order_acquire);
    if (kernels != NULL) return kernels;
    kernels = kernels_of(rk_supported_level());
    atomic_store_explicit(&active, kernels, memory_order_release);
    return kernels;
}
