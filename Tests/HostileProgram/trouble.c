#define _GNU_SOURCE
#include "hostile_program.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

const char *program;

/* Forks; the child never returns from this act, and makes no children. */
static bool is_in_child(void)
{
    if (self.is_child || fork() != 0)
        return false;
    self.is_child = true;
    alarm(1);
    return true;
}

void stop_for_a_while(void)
{
    unsigned milliseconds = 1 + below(30);
    pid_t parent = getpid();
    if (self.is_child)
        return;
    /* Without a child to wake it, it would stop for ever. */
    pid_t child = fork();
    if (child < 0)
        return;
    while (child == 0) {
        /* More than once: the first may come before the stop. */
        pause_for(milliseconds);
        if (getppid() != parent)
            _exit(0);
        kill(parent, SIGCONT);
    }
    raise(SIGSTOP);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

/* Parent and child speak on the same sockets at once. */
void let_child_speak(void)
{
    uint64_t seed = below(1u << 31);
    if (!is_in_child())
        return;
    seed_random(seed);
    for (int count = 0; count < 10; count++) {
        call_anything();
        call_rightly();
        send_forgery();
    }
    if (chance(30))
        send_mutation();
    _exit(0);
}

/* A child that nobody ends goes on with the identity after its parent's end. */
void leak_to_child(void)
{
    uint64_t seed = below(1u << 31);
    if (!is_in_child())
        return;
    setsid();
    seed_random(seed);
    for (int count = 0; count < 20; count++) {
        pause_for(10);
        call_anything();
        open_lanes();
        call_rightly();
    }
    _exit(0);
}

/* Descriptors that come find no place. */
void limit_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    limit.rlim_cur = chance(70) ? below(20) : limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

void change_buffers(void)
{
    static const int options[] = {SO_SNDBUF, SO_RCVBUF, SO_SNDBUFFORCE, SO_RCVBUFFORCE};
    int size = chance(50) ? 1 : 8 << 20;
    setsockopt(any_lane(), SOL_SOCKET, PICK(options), &size, sizeof size);
    setsockopt(self.identity, SOL_SOCKET, PICK(options), &size, sizeof size);
    if (self.end_count > 0)
        setsockopt(self.ends[0].socket, SOL_SOCKET, PICK(options), &size, sizeof size);
}

void close_something(void)
{
    static const int directions[] = {SHUT_RD, SHUT_WR, SHUT_RDWR};
    int *socket = &self.identity;
    if (chance(70) && self.lane_count > 0)
        socket = &self.lanes[below((uint32_t) self.lane_count)];
    if (chance(50)) {
        shutdown(*socket, PICK(directions));
    } else {
        close(*socket);
        *socket = -1; /* The number may become another's. */
    }
}

/* The same process as another program, which finds no welcome and asks for lanes. */
void run_again(void)
{
    if (self.is_child)
        return;
    /* The end of a lane is the end of the process. */
    if (chance(70)) {
        for (int index = 0; index < self.lane_count; index++)
            fcntl(self.lanes[index], F_SETFD, 0);
    }
    char seed[24];
    snprintf(seed, sizeof seed, "%u", below(1u << 31));
    execl(program, program, "again", seed, NULL);
}

void leave(void)
{
    switch (below(6)) {
    case 0:
        exit(0);
    case 1:
        kill(getpid(), SIGKILL);
        break;
    case 2:
        signal(SIGSEGV, SIG_DFL);
        raise(SIGSEGV);
        break;
    case 3:
        /* Its end is noticed before it ends. */
        close(self.identity);
        pause_for(below(10));
        break;
    case 4:
        shutdown(self.identity, SHUT_RDWR);
        pause_for(below(10));
        break;
    case 5:
        /* The answers of these come too late. */
        flood_lane();
        wait_everywhere();
        break;
    }
    _exit(0);
}
