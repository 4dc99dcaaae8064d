#ifndef KOSBROKER_LIBRARY_H
#define KOSBROKER_LIBRARY_H

/* What the process's side of the connection needs from the system and Embedded Swift cannot say. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Why a process is not, or no longer, connected to a broker. */
enum kosbroker_fault {
    KOSBROKER_FAULT_NONE = 0,
    /* KOSBROKER_IDENTITY is not set. */
    KOSBROKER_FAULT_NO_IDENTITY,
    /* KOSBROKER_IDENTITY is not of the form DESCRIPTOR:INODE. */
    KOSBROKER_FAULT_MALFORMED_IDENTITY,
    /* The descriptor is closed or something else: the variable is another program's. */
    KOSBROKER_FAULT_STALE_IDENTITY,
    /* There is no welcome: a program before this one took it, or the broker has ended. */
    KOSBROKER_FAULT_NO_WELCOME,
    /* The welcome is not one of this version. */
    KOSBROKER_FAULT_UNKNOWN_WELCOME,
    /* The process is a forked child of one that is connected. */
    KOSBROKER_FAULT_FORKED,
    /* The broker ended the connection. */
    KOSBROKER_FAULT_ENDED,
    /* The broker's answer is not what the wire allows. */
    KOSBROKER_FAULT_MALFORMED_ANSWER,
};

/* Says on standard error why the process is no longer connected, if KOSBROKER_DEBUG was set when
 * the process started. */
void kosbroker_explain(enum kosbroker_fault fault);

/* The same for a process that never was; once, however often a call finds it so. */
void kosbroker_explain_missing(void);

/* What attaching brought. Where there is a fault, nothing else counts. */
struct kosbroker_attachment {
    enum kosbroker_fault fault;
    /* The identity socket. */
    int identity;
    /* The first lane. */
    int lane;
    /* How many bytes the welcome has. */
    size_t size;
};

/* Attaches to the broker that `variable`, the value of KOSBROKER_IDENTITY or null, names, and puts
 * the welcome into `frame`. Never waits. Its identity becomes close-on-exec. */
struct kosbroker_attachment kosbroker_attach(const char *variable, void *frame, size_t size);

/* What the process's own attaching brought, which happens before `main`; the welcome is copied to
 * `frame`. */
struct kosbroker_attachment kosbroker_attached(void *frame, size_t size);

/* Keeps `descriptor` to close it in forked children: the identity and the lanes are their parent's.
 * Keeping it twice is keeping it once. */
void kosbroker_lane_keep(int descriptor);

/* Closes `descriptor`, kept or not. */
void kosbroker_lane_close(int descriptor);

/* Wakes whoever waits on the socket; it stays open. */
void kosbroker_lane_shut(int descriptor);

/* Whether the process could have one more descriptor now; tried with `descriptor`. */
bool kosbroker_can_duplicate(int descriptor);

/* Whether this process is a forked child of one that was connected. Such a child is no process of
 * the solution. */
bool kosbroker_is_forked(void);

/* Keeps the calling thread from being cancelled; returns what `kosbroker_cancel_restore` wants.
 * A thread that is cancelled unwinds, which Swift's functions do not support. */
int kosbroker_cancel_hold(void);
void kosbroker_cancel_restore(int state);

/* A mutex with one condition. */
struct kosbroker_lock;
struct kosbroker_lock *kosbroker_lock_make(void);
void kosbroker_lock_free(struct kosbroker_lock *lock);
void kosbroker_lock_enter(struct kosbroker_lock *lock);
void kosbroker_lock_leave(struct kosbroker_lock *lock);
/* Leaves the lock, waits to be woken and enters again; may return without a reason. */
void kosbroker_lock_wait(struct kosbroker_lock *lock);
void kosbroker_lock_wake_one(struct kosbroker_lock *lock);
void kosbroker_lock_wake_all(struct kosbroker_lock *lock);

/* How many bytes `name` has, but at most `limit`. */
size_t kosbroker_name_length(const char *name, size_t limit);

/* Milliseconds since the system started. */
uint64_t kosbroker_clock_milliseconds(void);
/* Waits, signals notwithstanding. */
void kosbroker_clock_sleep(uint64_t milliseconds);

#ifdef __cplusplus
}
#endif

#endif
