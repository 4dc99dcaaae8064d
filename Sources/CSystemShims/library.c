#define _GNU_SOURCE
#include "library.h"

#include "descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* What this process's own attaching brought. */
static unsigned char welcome[4096];
static struct kosbroker_attachment attachment;

/* Explaining */

static bool explains;
static atomic_flag has_explained = ATOMIC_FLAG_INIT;
static atomic_bool is_forked;

static const char *text_of(enum kosbroker_fault fault)
{
    switch (fault) {
    case KOSBROKER_FAULT_NONE:
        break;
    case KOSBROKER_FAULT_NO_IDENTITY:
        return "KOSBROKER_IDENTITY is not set: no broker started this program";
    case KOSBROKER_FAULT_MALFORMED_IDENTITY:
        return "KOSBROKER_IDENTITY is not of the form DESCRIPTOR:INODE";
    case KOSBROKER_FAULT_STALE_IDENTITY:
        return "KOSBROKER_IDENTITY names a socket that this program did not inherit";
    case KOSBROKER_FAULT_NO_WELCOME:
        return "no welcome: another program of this process took it, or the broker has ended";
    case KOSBROKER_FAULT_UNKNOWN_WELCOME:
        return "the broker speaks another version than this library";
    case KOSBROKER_FAULT_FORKED:
        return "a forked child is no process of the solution";
    case KOSBROKER_FAULT_ENDED:
        return "the broker ended the connection";
    case KOSBROKER_FAULT_MALFORMED_ANSWER:
        return "the broker gave an answer that this library does not understand";
    }
    return NULL;
}

void kosbroker_explain(enum kosbroker_fault fault)
{
    const char *text = text_of(fault);
    if (!explains || !text)
        return;
    char line[160];
    int size = snprintf(line, sizeof line, "kosbroker: not connected: %s\n", text);
    /* In one piece, and where it cannot be said it is not. */
    if (write(STDERR_FILENO, line, (size_t) size) < 0)
        return;
}

void kosbroker_explain_missing(void)
{
    if (!explains || atomic_flag_test_and_set(&has_explained))
        return;
    if (is_forked)
        kosbroker_explain(KOSBROKER_FAULT_FORKED);
    else if (attachment.fault)
        kosbroker_explain(attachment.fault);
    else
        kosbroker_explain(KOSBROKER_FAULT_UNKNOWN_WELCOME);
}

/* Attaching */

/* Reads a decimal number without sign or spaces; false if there is none. */
static bool read_number(const char **text, unsigned long long *number)
{
    if (**text < '0' || **text > '9')
        return false;
    char *end;
    errno = 0;
    *number = strtoull(*text, &end, 10);
    *text = end;
    return errno == 0;
}

static enum kosbroker_fault find_identity(const char *variable, int *identity)
{
    if (!variable)
        return KOSBROKER_FAULT_NO_IDENTITY;
    unsigned long long descriptor, inode;
    if (!read_number(&variable, &descriptor) || descriptor > INT32_MAX || *variable++ != ':'
        || !read_number(&variable, &inode) || *variable)
        return KOSBROKER_FAULT_MALFORMED_IDENTITY;
    *identity = (int) descriptor;
    struct stat status;
    if (fstat(*identity, &status) < 0 || !S_ISSOCK(status.st_mode) || status.st_ino != inode)
        return KOSBROKER_FAULT_STALE_IDENTITY;
    return KOSBROKER_FAULT_NONE;
}

struct kosbroker_attachment kosbroker_attach(const char *variable, void *frame, size_t size)
{
    struct kosbroker_attachment result = {.identity = -1, .lane = -1};
    result.fault = find_identity(variable, &result.identity);
    if (result.fault)
        return result;
    /* Before anything else: a program that this one starts must not inherit who it is. */
    fcntl(result.identity, F_SETFD, FD_CLOEXEC);
    ssize_t count =
        kosbroker_receive(result.identity, frame, size, &result.lane, MSG_DONTWAIT);
    if (count <= 0 || result.lane < 0) {
        if (result.lane >= 0)
            close(result.lane);
        result.fault = KOSBROKER_FAULT_NO_WELCOME;
        return result;
    }
    if ((size_t) count > size) {
        close(result.lane);
        result.fault = KOSBROKER_FAULT_UNKNOWN_WELCOME;
        return result;
    }
    result.size = (size_t) count;
    return result;
}

/* Forked children */

enum { KEPT = 512 };

/* Descriptors plus one; 0 is a free place. A child of fork must not take a lock to read them. */
static _Atomic int kept[KEPT];
static atomic_flag watches_forks = ATOMIC_FLAG_INIT;

static void begin_child(void)
{
    is_forked = true;
    atomic_flag_clear(&has_explained);
    for (int place = 0; place < KEPT; place++) {
        int descriptor = atomic_exchange(&kept[place], 0) - 1;
        if (descriptor >= 0)
            close(descriptor);
    }
}

bool kosbroker_is_forked(void)
{
    return is_forked;
}

void kosbroker_lane_keep(int descriptor)
{
    if (!atomic_flag_test_and_set(&watches_forks))
        pthread_atfork(NULL, NULL, begin_child);
    for (int place = 0; place < KEPT; place++)
        if (kept[place] == descriptor + 1)
            return;
    for (int place = 0; place < KEPT; place++) {
        int empty = 0;
        if (atomic_compare_exchange_strong(&kept[place], &empty, descriptor + 1))
            return;
    }
}

void kosbroker_lane_close(int descriptor)
{
    for (int place = 0; place < KEPT; place++) {
        int present = descriptor + 1;
        if (atomic_compare_exchange_strong(&kept[place], &present, 0))
            break;
    }
    close(descriptor);
}

void kosbroker_lane_shut(int descriptor)
{
    shutdown(descriptor, SHUT_RDWR);
}

bool kosbroker_can_duplicate(int descriptor)
{
    int probe = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    if (probe >= 0)
        close(probe);
    return probe >= 0;
}

/* The process's own connection */

/* Before `main`, and before the constructors of the program, which may start other programs. */
__attribute__((constructor(101))) static void attach_process(void)
{
    explains = getenv("KOSBROKER_DEBUG") != NULL;
    attachment = kosbroker_attach(getenv("KOSBROKER_IDENTITY"), welcome, sizeof welcome);
    if (attachment.fault)
        return;
    kosbroker_lane_keep(attachment.identity);
    kosbroker_lane_keep(attachment.lane);
    /* Standard output is a pipe to the broker, which shows lines as they come. */
    setvbuf(stdout, NULL, _IOLBF, 0);
}

struct kosbroker_attachment kosbroker_attached(void *frame, size_t size)
{
    struct kosbroker_attachment result = attachment;
    if (!result.fault)
        memcpy(frame, welcome, result.size < size ? result.size : size);
    return result;
}

/* Threads */

int kosbroker_cancel_hold(void)
{
    int state = PTHREAD_CANCEL_ENABLE;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    return state;
}

void kosbroker_cancel_restore(int state)
{
    pthread_setcancelstate(state, NULL);
}

struct kosbroker_lock {
    pthread_mutex_t mutex;
    pthread_cond_t condition;
};

struct kosbroker_lock *kosbroker_lock_make(void)
{
    struct kosbroker_lock *lock = malloc(sizeof *lock);
    if (!lock)
        abort();
    pthread_mutex_init(&lock->mutex, NULL);
    pthread_cond_init(&lock->condition, NULL);
    return lock;
}

void kosbroker_lock_free(struct kosbroker_lock *lock)
{
    pthread_cond_destroy(&lock->condition);
    pthread_mutex_destroy(&lock->mutex);
    free(lock);
}

void kosbroker_lock_enter(struct kosbroker_lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
}

void kosbroker_lock_leave(struct kosbroker_lock *lock)
{
    pthread_mutex_unlock(&lock->mutex);
}

void kosbroker_lock_wait(struct kosbroker_lock *lock)
{
    pthread_cond_wait(&lock->condition, &lock->mutex);
}

void kosbroker_lock_wake_one(struct kosbroker_lock *lock)
{
    pthread_cond_signal(&lock->condition);
}

void kosbroker_lock_wake_all(struct kosbroker_lock *lock)
{
    pthread_cond_broadcast(&lock->condition);
}

/* Names, time */

size_t kosbroker_name_length(const char *name, size_t limit)
{
    return strnlen(name, limit);
}

uint64_t kosbroker_clock_milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (uint64_t) now.tv_sec * 1000 + (uint64_t) now.tv_nsec / 1000000;
}

void kosbroker_clock_sleep(uint64_t milliseconds)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t) (milliseconds / 1000);
    until.tv_nsec += (long) (milliseconds % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
        ;
}
