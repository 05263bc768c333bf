/* SPDX-License-Identifier: Apache-2.0 */
/* A process with this in LD_PRELOAD has the clock that a file says, and a disk as slow as the file says.
 *
 * SOAK_TOLD names the file: two little-endian 64-bit numbers, nanoseconds that the clock is ahead (or, below
 * zero, behind), and microseconds that each fsync and fdatasync takes more. It is looked at each time, so that
 * the clock jumps while the process runs. Only the wall clock moves, as when somebody sets it: what counts the
 * time that passes does not.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct told {
    int64_t ahead_ns;
    int64_t sync_us;
};

static const struct told nothing;
static volatile const struct told *told = &nothing;
static int (*real_clock)(clockid_t, struct timespec *);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("SOAK_TOLD");
    int handle = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    real_clock = dlsym(RTLD_NEXT, "clock_gettime");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    if (handle >= 0) {
        void *found = mmap(NULL, sizeof(struct told), PROT_READ, MAP_SHARED, handle, 0);
        if (found != MAP_FAILED)
            told = found;
        close(handle);
    }
}

int clock_gettime(clockid_t which, struct timespec *at)
{
    int done = real_clock ? real_clock(which, at) : (int)syscall(SYS_clock_gettime, which, at);
    if (done == 0 && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) {
        int64_t ns = at->tv_nsec + told->ahead_ns % 1000000000;
        at->tv_sec += told->ahead_ns / 1000000000;
        if (ns < 0) {
            ns += 1000000000;
            at->tv_sec -= 1;
        } else if (ns >= 1000000000) {
            ns -= 1000000000;
            at->tv_sec += 1;
        }
        at->tv_nsec = ns;
    }
    return done;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone)
{
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    at->tv_sec = now.tv_sec;
    at->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *at)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at)
        *at = now.tv_sec;
    return now.tv_sec;
}

static void drag(void)
{
    int64_t us = told->sync_us;
    if (us > 0) {
        struct timespec rest = {us / 1000000, us % 1000000 * 1000};
        nanosleep(&rest, NULL);
    }
}

int fsync(int handle)
{
    drag();
    return real_fsync(handle);
}

int fdatasync(int handle)
{
    drag();
    return real_fdatasync(handle);
}
