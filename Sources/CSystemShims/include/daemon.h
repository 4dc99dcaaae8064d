#ifndef KOSBROKER_DAEMON_H
#define KOSBROKER_DAEMON_H

/* What the broker's loop waits with, and its sockets: epoll is not in Swift's Glibc module. */

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The most events that one wait returns. */
#define KOSBROKER_POLL_EVENTS 64

struct kosbroker_event {
    uint64_t token;
    /* Whether the other side is gone, whatever is left to be read. */
    int has_hung_up;
};

/* All of these return minus the error number where they fail. */

/* Makes an epoll descriptor, close-on-exec. */
int kosbroker_poll_create(void);

/* Starts to watch `descriptor`, level-triggered; with `is_read` 0 only for the other side's end. */
int kosbroker_poll_add(int poll, int descriptor, uint64_t token, int is_read);

/* Changes what `descriptor` is watched for. */
int kosbroker_poll_change(int poll, int descriptor, uint64_t token, int is_read);

/* Stops watching `descriptor`. */
int kosbroker_poll_remove(int poll, int descriptor);

/* Waits for `milliseconds`, forever where that is negative. Returns how many of `events`, which has
 * room for KOSBROKER_POLL_EVENTS, are filled; 0 also where a signal interrupts. */
int kosbroker_poll_wait(int poll, struct kosbroker_event *events, int milliseconds);

/* Makes two connected sockets that keep the bounds of messages, close-on-exec. No descriptors can be
 * sent to `near` where the kernel can forbid that (6.16): their last close, which may linger, would
 * be made by whoever holds that end. */
int kosbroker_socket_pair(int *near, int *far);

#ifdef __cplusplus
}
#endif

#endif
