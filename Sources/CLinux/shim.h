#ifndef REPRISE_CLINUX_H
#define REPRISE_CLINUX_H

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

// glibc declares prlimit(2) where _GNU_SOURCE is defined, which it is not in Swift's module of glibc.
static inline int reprise_limit_file_size(int process, unsigned long bytes)
{
    struct rlimit limit = { bytes, RLIM_INFINITY };
    return (int)syscall(SYS_prlimit64, process, RLIMIT_FSIZE, &limit, (void *)0);
}

#endif
