#if defined(__x86_64__)
#define RK_NAME avx512
// 32 registers of 16 floats: twelve rows of 32 columns take 24. Few rows take more columns at once to hide the latency.
#define RK_TILE_ROWS 12
#define RK_TILE_VECTORS(rows) ((rows) <= 3 ? 8 : (rows) <= 6 ? 4 : 2)
#include "Prelude.h"
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma,f16c,bmi2"))), apply_to = function)
#include "Level.h"
#pragma clang attribute pop
#endif
