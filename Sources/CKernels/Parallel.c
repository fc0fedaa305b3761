// A small pool of threads for loops whose iterations are independent.
//
// A job lies on its caller's stack: an index to hand out and a count of iterations still running. The caller works too, so
// a loop ends even when no pool thread is free. Threads start when first asked for and stay.
#include "CKernels.h"

#include <pthread.h>

#define MOST_THREADS 64

struct job {
    void (*body)(void *, ptrdiff_t);
    void *context;
    ptrdiff_t count;
    ptrdiff_t next;
    ptrdiff_t helpers_wanted;
    ptrdiff_t helpers_inside;
    struct job *following;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work = PTHREAD_COND_INITIALIZER;
static pthread_cond_t left = PTHREAD_COND_INITIALIZER;
static struct job *jobs;
static ptrdiff_t threads_started;
static _Thread_local int inside;

// With the lock held: takes indices until none is left.
static void take_part(struct job *job) {
    while (job->next < job->count) {
        ptrdiff_t index = job->next++;
        pthread_mutex_unlock(&lock);
        job->body(job->context, index);
        pthread_mutex_lock(&lock);
    }
}

static void *serve(void *unused) {
    (void)unused;
    inside = 1;
    pthread_mutex_lock(&lock);
    for (;;) {
        struct job *job = jobs;
        while (job != NULL && (job->helpers_wanted == 0 || job->next >= job->count)) job = job->following;
        if (job == NULL) {
            pthread_cond_wait(&work, &lock);
            continue;
        }
        job->helpers_wanted -= 1;
        job->helpers_inside += 1;
        take_part(job);
        job->helpers_inside -= 1;
        if (job->helpers_inside == 0) pthread_cond_broadcast(&left);
    }
    return NULL;
}

static void start_threads(ptrdiff_t wanted) {
    if (wanted > MOST_THREADS) wanted = MOST_THREADS;
    pthread_attr_t attributes;
    if (threads_started >= wanted || pthread_attr_init(&attributes) != 0) return;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, 8 << 20);
    while (threads_started < wanted) {
        pthread_t thread;
        if (pthread_create(&thread, &attributes, serve, NULL) != 0) break;
        threads_started += 1;
    }
    pthread_attr_destroy(&attributes);
}

void rk_parallel(ptrdiff_t threads, ptrdiff_t count, void (*body)(void *, ptrdiff_t), void *context) {
    if (threads <= 1 || count <= 1 || inside) {
        for (ptrdiff_t i = 0; i < count; i++) body(context, i);
        return;
    }
    ptrdiff_t helpers = (threads < count ? threads : count) - 1;
    struct job job = {body, context, count, 0, helpers, 0, NULL};
    inside = 1;
    pthread_mutex_lock(&lock);
    start_threads(helpers);
    job.following = jobs;
    jobs = &job;
    pthread_cond_broadcast(&work);
    take_part(&job);
    while (job.helpers_inside > 0) pthread_cond_wait(&left, &lock);
    struct job **place = &jobs;
    while (*place != &job) place = &(*place)->following;
    *place = job.following;
    pthread_mutex_unlock(&lock);
    inside = 0;
}
