#if defined(__x86_64__)
#define RK_NAME avx2
// 16 registers of 8 floats: six rows of 16 columns take 12, two hold the columns of B, one the broadcast of A.
#define RK_TILE_ROWS 6
#define RK_TILE_VECTORS(rows) ((rows) == 1 ? 4 : (rows) == 2 ? 2 : 1)
#include "Prelude.h"
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,bmi2"))), apply_to = function)
#include "Level.h"
#pragma clang attribute pop
#endif
