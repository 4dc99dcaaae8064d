#define _GNU_SOURCE
#include "daemon.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#ifndef SO_PASSRIGHTS
#define SO_PASSRIGHTS 83
#endif

int kosbroker_poll_create(void)
{
    int poll = epoll_create1(EPOLL_CLOEXEC);
    return poll < 0 ? -errno : poll;
}

static int control(int poll, int operation, int descriptor, uint64_t token, int is_read)
{
    struct epoll_event event = {.events = is_read ? EPOLLIN : 0, .data = {.u64 = token}};
    return epoll_ctl(poll, operation, descriptor, &event) < 0 ? -errno : 0;
}

int kosbroker_poll_add(int poll, int descriptor, uint64_t token, int is_read)
{
    return control(poll, EPOLL_CTL_ADD, descriptor, token, is_read);
}

int kosbroker_poll_change(int poll, int descriptor, uint64_t token, int is_read)
{
    return control(poll, EPOLL_CTL_MOD, descriptor, token, is_read);
}

int kosbroker_poll_remove(int poll, int descriptor)
{
    return control(poll, EPOLL_CTL_DEL, descriptor, 0, 0);
}

int kosbroker_poll_wait(int poll, struct kosbroker_event *events, int milliseconds)
{
    struct epoll_event ready[KOSBROKER_POLL_EVENTS];
    int count = epoll_wait(poll, ready, KOSBROKER_POLL_EVENTS, milliseconds);
    if (count < 0)
        return errno == EINTR ? 0 : -errno;
    for (int index = 0; index < count; index++) {
        events[index].token = ready[index].data.u64;
        events[index].has_hung_up = (ready[index].events & (EPOLLHUP | EPOLLERR)) != 0;
    }
    return count;
}

int kosbroker_socket_pair(int *near, int *far)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return -errno;
    int passes = 0;
    /* Kernels before 6.16 do not know it; there, descriptors that arrive are closed unseen. */
    (void) setsockopt(ends[0], SOL_SOCKET, SO_PASSRIGHTS, &passes, sizeof passes);
    *near = ends[0];
    *far = ends[1];
    return 0;
}
