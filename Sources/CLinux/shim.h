#ifndef REPRISE_CLINUX_H
#define REPRISE_CLINUX_H

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

// glibc declares prlimit(2) where _GNU_SOURCE is defined, which it is not in Swift's module of glibc.
static inline int reprise_limit_file_size(int process, unsigned long bytes)
{
    struct rlimit limit = { bytes, RLIM_INFINITY };
    return (int)syscall(SYS_prlimit64, process, RLIMIT_FSIZE, &limit, (void *)0);
}

// Hands over what stdio holds for standard output. 0, or the error that kept any of it, now or earlier, from being written.
static inline int reprise_finish_standard_output(void)
{
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout)) return 0;
    if (errno) return errno;
    // An earlier error, of which stdio keeps no more than that there was one: did the reader of the pipe go away?
    struct pollfd output = { STDOUT_FILENO, POLLOUT, 0 };
    return poll(&output, 1, 0) == 1 && (output.revents & POLLERR) ? EPIPE : EIO;
}

#endif
