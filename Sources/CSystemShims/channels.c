#define _GNU_SOURCE
#include "channels.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { second = 1000000000, millisecond = 1000000 };

int64_t kosbroker_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t) now.tv_sec * second + now.tv_nsec;
}

/* Waits until the socket is ready for `events`; 0 once the deadline has passed. */
static int await(int socket, short events, int64_t deadline)
{
    for (;;) {
        struct timespec limit = {0, 0};
        if (deadline > 0) {
            int64_t left = deadline - kosbroker_now();
            if (left < 0)
                left = 0;
            limit.tv_sec = left / second;
            limit.tv_nsec = left % second;
        }
        struct pollfd poll = {.fd = socket, .events = events};
        int ready = ppoll(&poll, 1, deadline < 0 ? NULL : &limit, NULL);
        if (ready >= 0)
            return ready;
        if (errno != EINTR)
            return 1; /* The next call on the socket tells what is wrong. */
    }
}

/* Messages up to this size are copied, which takes less than to tell the system about their parts. */
enum { copied = 512 };

static void set_parts(struct iovec parts[4], const void *header, size_t header_size,
                      const struct kosbroker_parts *given)
{
    parts[0] = (struct iovec){(void *) header, header_size};
    parts[1] = (struct iovec){given->constant, given->constant_size};
    parts[2] = (struct iovec){given->arena, given->arena_size};
    parts[3] = (struct iovec){given->overflow, given->overflow_size};
}

static size_t size_of(const struct iovec *parts, int count)
{
    size_t size = 0;
    for (int index = 0; index < count; index++)
        size += parts[index].iov_len;
    return size;
}

static ssize_t send_parts(int socket, struct iovec parts[4], int flags)
{
    size_t size = size_of(parts, 4);
    if (size > copied) {
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = 4};
        return sendmsg(socket, &message, flags);
    }
    char bytes[copied];
    char *end = bytes;
    for (int index = 0; index < 4; index++) {
        if (parts[index].iov_len > 0)
            end = mempcpy(end, parts[index].iov_base, parts[index].iov_len);
    }
    return send(socket, bytes, size, flags);
}

/* Puts what was received in one piece where receive_parts() is to have it. */
static void distribute(const struct iovec parts[4], const char *bytes, size_t size)
{
    for (int index = 0; index < 4 && size > 0; index++) {
        size_t here = parts[index].iov_len < size ? parts[index].iov_len : size;
        if (here > 0)
            memmove(parts[index].iov_base, bytes, here);
        bytes += here;
        size -= here;
    }
}

static ssize_t receive_parts(int socket, struct iovec parts[4], int flags)
{
    if (size_of(parts, 3) > copied) {
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = 4};
        return recvmsg(socket, &message, flags);
    }
    /* The overflow takes the whole message first; what belongs there is moved last. */
    char bytes[copied];
    int overflows = parts[3].iov_len > sizeof bytes;
    char *start = overflows ? parts[3].iov_base : bytes;
    size_t room = overflows ? parts[3].iov_len : sizeof bytes;
    ssize_t size = recv(socket, start, room, flags);
    if (size > 0)
        distribute(parts, start, (size_t) size < room ? (size_t) size : room);
    return size;
}

int kosbroker_send_message(int socket, const void *header, size_t header_size,
                           const struct kosbroker_parts *given, int64_t deadline)
{
    struct iovec parts[4];
    set_parts(parts, header, header_size, given);
    int flags = MSG_NOSIGNAL | (deadline < 0 ? 0 : MSG_DONTWAIT);
    for (;;) {
        if (send_parts(socket, parts, flags) >= 0)
            return KOSBROKER_DONE;
        if (errno == EMSGSIZE)
            return KOSBROKER_TOO_LARGE;
        if (errno == EAGAIN) {
            if (deadline == 0 || !await(socket, POLLOUT, deadline))
                return KOSBROKER_LATE;
        } else if (errno != EINTR) {
            return KOSBROKER_ENDED;
        }
    }
}

ssize_t kosbroker_receive_message(int socket, void *header, size_t header_size,
                                  const struct kosbroker_parts *given, int64_t deadline)
{
    struct iovec parts[4];
    set_parts(parts, header, header_size, given);
    int flags = MSG_TRUNC | (deadline < 0 ? 0 : MSG_DONTWAIT);
    for (;;) {
        ssize_t size = receive_parts(socket, parts, flags);
        if (size >= 0)
            return size;
        if (errno == EAGAIN) {
            if (deadline == 0 || !await(socket, POLLIN, deadline))
                return KOSBROKER_LATE;
        } else if (errno != EINTR && errno != ECONNRESET) {
            return KOSBROKER_ENDED;
        }
        /* ECONNRESET is told once, and before the messages that are there all the same. */
    }
}

void kosbroker_shut_down(int socket) { shutdown(socket, SHUT_RDWR); }

void kosbroker_close(int descriptor) { close(descriptor); }

uint32_t kosbroker_word_load(const uint32_t *word)
{
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

void kosbroker_word_store(uint32_t *word, uint32_t value)
{
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
}

void kosbroker_word_advance(uint32_t *word) { __atomic_add_fetch(word, 1, __ATOMIC_ACQ_REL); }

int kosbroker_word_wait(uint32_t *word, uint32_t expected, int64_t deadline)
{
    struct timespec limit = {deadline / second, deadline % second};
    while (kosbroker_word_load(word) == expected) {
        long result = syscall(SYS_futex, word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, expected,
                              deadline < 0 ? NULL : &limit, NULL, FUTEX_BITSET_MATCH_ANY);
        if (result < 0 && errno == ETIMEDOUT)
            return KOSBROKER_LATE;
    }
    return KOSBROKER_DONE;
}

void kosbroker_word_wake(uint32_t *word, int threads)
{
    syscall(SYS_futex, word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, threads, NULL, NULL, 0);
}

int kosbroker_ready_set(void) { return epoll_create1(EPOLL_CLOEXEC); }

int kosbroker_ready_add(int set, int descriptor, uint64_t token)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = token};
    return epoll_ctl(set, EPOLL_CTL_ADD, descriptor, &event) == 0 ? KOSBROKER_DONE
                                                                  : KOSBROKER_ENDED;
}

void kosbroker_ready_remove(int set, int descriptor)
{
    epoll_ctl(set, EPOLL_CTL_DEL, descriptor, NULL);
}

int kosbroker_ready_wait(int set, int64_t deadline, uint64_t *token)
{
    for (;;) {
        int limit = -1;
        if (deadline >= 0) {
            /* Rounded up: not a moment too early. */
            int64_t left = (deadline - kosbroker_now() + millisecond - 1) / millisecond;
            limit = left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int) left;
        }
        struct epoll_event event;
        int ready = epoll_wait(set, &event, 1, limit);
        if (ready > 0) {
            *token = event.data.u64;
            return KOSBROKER_DONE;
        }
        if (ready == 0 && deadline >= 0 && kosbroker_now() >= deadline)
            return KOSBROKER_LATE;
    }
}

int kosbroker_flag_create(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

void kosbroker_flag_raise(int flag) { eventfd_write(flag, 1); }

void kosbroker_flag_lower(int flag)
{
    eventfd_t value;
    eventfd_read(flag, &value);
}

/* The variable is quick to read; the key is there for its function at the end of the thread. */
static _Thread_local void *kept;
static void (*forget_kept)(void *);
static pthread_key_t key;
static pthread_once_t key_once = PTHREAD_ONCE_INIT;

static void end_thread(void *state)
{
    kept = NULL;
    forget_kept(state);
}

static void make_key(void)
{
    if (pthread_key_create(&key, end_thread) != 0)
        abort();
}

void *kosbroker_thread_kept(void) { return kept; }

void kosbroker_thread_keep(void *state, void (*forget)(void *))
{
    __atomic_store_n(&forget_kept, forget, __ATOMIC_RELEASE);
    pthread_once(&key_once, make_key);
    kept = state;
    pthread_setspecific(key, state);
}

uint64_t kosbroker_next_serial(void)
{
    static uint64_t last;
    return __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
}
