#include <errno.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <zmq.h>

// glibc declares it only under _GNU_SOURCE, which a module's header cannot set for the modules it includes.
extern int pthread_setname_np(pthread_t thread, const char *name);
