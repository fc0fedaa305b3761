// Swift's Mutex for the thread sanitizer. Its fast path is compiled into whoever uses it, and is seen; where threads meet, lock
// and unlock go on in the Synchronization library, which is built without the sanitizer, so that the order they make is not
// seen and every guarded access after it looks like a race. These two stand before the library's and say what it does.
//
// Preloaded by cluster/sanitize into the tests, and by these into other programs, where there is no sanitizer to tell.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

extern __attribute__((weak)) void __tsan_acquire(void *address);
extern __attribute__((weak)) void __tsan_release(void *address);

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define CONTEXT __attribute__((swift_context))
#define SWIFT __attribute__((swiftcall))

SWIFT void lock(uint32_t thread, CONTEXT void *mutex) __asm__(LOCK);
SWIFT void unlock(CONTEXT void *mutex) __asm__(UNLOCK);

SWIFT void lock(uint32_t thread, CONTEXT void *mutex) {
    ((SWIFT void (*)(uint32_t, CONTEXT void *))dlsym(RTLD_NEXT, LOCK))(thread, mutex);
    if (__tsan_acquire) __tsan_acquire(mutex);
}

SWIFT void unlock(CONTEXT void *mutex) {
    if (__tsan_release) __tsan_release(mutex);
    ((SWIFT void (*)(CONTEXT void *))dlsym(RTLD_NEXT, UNLOCK))(mutex);
}
