#ifndef KOSBROKER_LAUNCHER_H
#define KOSBROKER_LAUNCHER_H

/* Starting programs, learning of their ends, signals as input, and the socket over which programs
 * are attached: what Linux has beyond the names that Swift sees. Where nothing else is said, a
 * function returns minus the error number when it fails. */

#include <stddef.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a program is started with; the lists end with a null. */
struct kosbroker_program {
    const char *path;
    char *const *arguments;
    char *const *environment;
    /* What its descriptors 1, 2 and 3 are; 0 is /dev/null, and it has no others. */
    int output;
    int errors;
    int identity;
    /* What its descriptor 4 is; negative where it has none. */
    int control;
    /* How many descriptors it may have open by itself: not as many as the broker. */
    unsigned long descriptors;
};

/* Starts a program in a process group of its own, with no signal blocked or ignored. Returns its
 * process ID; that it cannot be executed is known at once. */
pid_t kosbroker_spawn(const struct kosbroker_program *program);

/* Returns a descriptor that is readable when the process has ended. */
int kosbroker_open_process(pid_t process);

/* How a process ended: by an exit code, or by a signal where that is not 0. */
struct kosbroker_end {
    int code;
    int signal;
};

/* Whether the child has ended, without waiting for it: 1 and how, or 0. With `keeps` it stays to be
 * asked again, and its process ID stays taken. */
int kosbroker_child_end(int process, int keeps, struct kosbroker_end *end);

/* Makes a pipe, close-on-exec; reading from it never waits. */
int kosbroker_pipe(int *reading, int *writing);

/* Makes a descriptor that is readable once anything was signalled. Taking that back may wait. */
int kosbroker_eventfd(void);
void kosbroker_eventfd_signal(int event);
void kosbroker_eventfd_take(int event, int waits);

/* From here on SIGINT, SIGTERM and SIGHUP are read from the descriptor that is returned, in all
 * threads that are made later too; SIGPIPE is ignored. */
int kosbroker_signals_open(void);
/* The next signal that came, or 0; never waits. */
int kosbroker_signals_next(int signals);
/* Those signals have their ordinary effect again. */
void kosbroker_signals_restore(void);

/* A socket that keeps the bounds of messages, at a path. Who connects finds it with mode 0600. */
int kosbroker_listen(const char *path);
int kosbroker_connect(const char *path);
/* The next connection, or minus EAGAIN; sending and receiving over it never wait. */
int kosbroker_accept(int listener);
/* Whose process is, or was, at the other end. */
int kosbroker_peer_user(int socket, uid_t *user);
/* Returns a descriptor that is readable when that process has ended. */
int kosbroker_peer_process(int socket);

/* Whether other processes of the user may look into this one. */
int kosbroker_set_dumpable(int dumpable);

#ifdef __cplusplus
}
#endif

#endif
