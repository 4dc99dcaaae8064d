#ifndef KOSBROKER_CHANNELS_H
#define KOSBROKER_CHANNELS_H

/* What the ends of IPC channels ask of the system: messages in several parts, waiting with a
 * deadline, and state of a thread. Embedded Swift has neither errno nor the system's module,
 * so results are told by the few numbers that matter to a channel.
 *
 * A deadline is a time of kosbroker_now(); KOSBROKER_NEVER is none, 0 is long past. */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    KOSBROKER_NEVER = -1,
};

enum {
    /* The other end is closed, or the socket is of no use any more. */
    KOSBROKER_ENDED = 0,
    KOSBROKER_DONE = 1,
    /* The deadline passed first. */
    KOSBROKER_LATE = -1,
    /* The system does not take messages of this size. */
    KOSBROKER_TOO_LARGE = -2,
};

/* The parts of a message behind its header. `overflow` takes what is too long for the others; where
 * there is one it must have room for a whole message with its header. */
struct kosbroker_parts {
    void *constant;
    size_t constant_size;
    void *arena;
    size_t arena_size;
    void *overflow;
    size_t overflow_size;
};

/* Nanoseconds of the monotonic clock. */
int64_t kosbroker_now(void);

/* Sends header and parts as one message; KOSBROKER_DONE or why not. */
int kosbroker_send_message(int socket, const void *header, size_t header_size,
                           const struct kosbroker_parts *parts, int64_t deadline);

/* Receives one message into header and parts, which are filled one after the other. Returns the size
 * of the whole message, also where it was cut, KOSBROKER_ENDED or KOSBROKER_LATE. */
ssize_t kosbroker_receive_message(int socket, void *header, size_t header_size,
                                  const struct kosbroker_parts *parts, int64_t deadline);

/* Ends both directions: whoever waits at either end is woken. */
void kosbroker_shut_down(int socket);
void kosbroker_close(int descriptor);

/* A word that threads wait on. */
uint32_t kosbroker_word_load(const uint32_t *word);
void kosbroker_word_store(uint32_t *word, uint32_t value);
void kosbroker_word_advance(uint32_t *word);
/* Waits while the word is `expected`, or less long; KOSBROKER_DONE or KOSBROKER_LATE. */
int kosbroker_word_wait(uint32_t *word, uint32_t expected, int64_t deadline);
void kosbroker_word_wake(uint32_t *word, int threads);

/* Descriptors of which some become ready; negative where the process has none left. */
int kosbroker_ready_set(void);
/* KOSBROKER_DONE, or KOSBROKER_ENDED where the system refuses. */
int kosbroker_ready_add(int set, int descriptor, uint64_t token);
void kosbroker_ready_remove(int set, int descriptor);
/* Waits for one ready descriptor and tells its token; KOSBROKER_DONE or KOSBROKER_LATE. */
int kosbroker_ready_wait(int set, int64_t deadline, uint64_t *token);

/* A descriptor that is ready while it is raised; negative where the process has none left. */
int kosbroker_flag_create(void);
void kosbroker_flag_raise(int flag);
void kosbroker_flag_lower(int flag);

/* What this thread has kept with kosbroker_thread_keep(), or null. */
void *kosbroker_thread_kept(void);
/* Keeps `state`, which is given to `forget` when the thread ends; it is always the same `forget`. */
void kosbroker_thread_keep(void *state, void (*forget)(void *));

/* A number that the process has not had before. */
uint64_t kosbroker_next_serial(void);

#ifdef __cplusplus
}
#endif

#endif
