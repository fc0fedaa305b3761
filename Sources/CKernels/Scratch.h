// Working memory of the kernels: a few buffers per thread that grow to the largest size asked for and are freed when the
// thread ends, so that no kernel allocates per call.
#ifndef CKERNELS_SCRATCH_H
#define CKERNELS_SCRATCH_H

#include <stddef.h>

enum rk_scratch_slot {
    RK_SCRATCH_A,
    RK_SCRATCH_B,
    RK_SCRATCH_KEYS,
    RK_SCRATCH_VALUES,
    RK_SCRATCH_SCORES,
    RK_SCRATCH_SCORES_2,
    RK_SCRATCH_ROWS,
    RK_SCRATCH_COUNT
};

/// At least `count` floats, 64-byte aligned, contents undefined; valid until the next call for the same slot.
float *rk_scratch(enum rk_scratch_slot slot, size_t count);

#endif
