#include "Scratch.h"

#include <pthread.h>
#include <stdlib.h>

struct scratch {
    float *data[RK_SCRATCH_COUNT];
    size_t count[RK_SCRATCH_COUNT];
};

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Thread_local struct scratch *mine;

static void release(void *pointer) {
    struct scratch *scratch = pointer;
    for (int i = 0; i < RK_SCRATCH_COUNT; i++) free(scratch->data[i]);
    free(scratch);
}

static void make_key(void) {
    if (pthread_key_create(&key, release) != 0) abort();
}

float *rk_scratch(enum rk_scratch_slot slot, size_t count) {
    struct scratch *scratch = mine;
    if (scratch == NULL) {
        pthread_once(&once, make_key);
        scratch = calloc(1, sizeof *scratch);
        if (scratch == NULL) abort();
        pthread_setspecific(key, scratch);
        mine = scratch;
    }
    if (scratch->count[slot] < count) {
        free(scratch->data[slot]);
        size_t rounded = (count + 1023) / 1024 * 1024;
        scratch->data[slot] = aligned_alloc(64, rounded * sizeof(float));
        if (scratch->data[slot] == NULL) abort();
        scratch->count[slot] = rounded;
    }
    return scratch->data[slot];
}
