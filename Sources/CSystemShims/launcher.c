#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* Linux 6.5; older headers lack it. */
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif
/* glibc has a name for it since 2.36. */
#ifndef P_PIDFD
#define P_PIDFD 3
#endif

static int result(int value)
{
    return value < 0 ? -errno : value;
}

/* How many descriptors a program may be given, the first of them as 1. */
enum { GIVEN = 4 };

static int start(const struct kosbroker_program *program, const int sources[GIVEN], pid_t *process)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&actions);
    if (error)
        return error;
    error = posix_spawnattr_init(&attributes);
    if (error) {
        posix_spawn_file_actions_destroy(&actions);
        return error;
    }
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    if (!error)
        error = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    int count = program->control < 0 ? GIVEN - 1 : GIVEN;
    for (int index = 0; index < count && !error; index++)
        error = posix_spawn_file_actions_adddup2(&actions, sources[index], index + 1);
    if (!error)
        error = posix_spawn_file_actions_addclosefrom_np(&actions, count + 1);
    if (!error)
        error = posix_spawnattr_setsigmask(&attributes, &none);
    if (!error)
        error = posix_spawnattr_setsigdefault(&attributes, &all);
    if (!error)
        error = posix_spawnattr_setflags(
            &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    if (!error)
        error = posix_spawn(process, program->path, &actions, &attributes, program->arguments,
                            program->environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

pid_t kosbroker_spawn(const struct kosbroker_program *program)
{
    /* Above what they become in the program, so that none is overwritten before it is copied. */
    int given[GIVEN] = {program->output, program->errors, program->identity, program->control};
    int sources[GIVEN] = {-1, -1, -1, -1};
    int error = 0;
    pid_t process = -1;
    for (int index = 0; index < GIVEN && !error; index++) {
        if (given[index] < 0)
            continue;
        sources[index] = fcntl(given[index], F_DUPFD_CLOEXEC, 10);
        if (sources[index] < 0)
            error = errno;
    }
    if (!error)
        error = start(program, sources, &process);
    for (int index = 0; index < GIVEN; index++)
        if (sources[index] >= 0)
            close(sources[index]);
    if (error)
        return -error;
    struct rlimit limit;
    if (prlimit(process, RLIMIT_NOFILE, NULL, &limit) == 0) {
        limit.rlim_cur = program->descriptors;
        prlimit(process, RLIMIT_NOFILE, &limit, NULL);
    }
    return process;
}

int kosbroker_open_process(pid_t process)
{
    return result((int) syscall(SYS_pidfd_open, process, 0));
}

int kosbroker_child_end(int process, int keeps, struct kosbroker_end *end)
{
    siginfo_t info;
    memset(&info, 0, sizeof info);
    int options = WEXITED | WNOHANG | (keeps ? WNOWAIT : 0);
    if (waitid((idtype_t) P_PIDFD, (id_t) process, &info, options) < 0)
        return -errno;
    if (info.si_pid == 0)
        return 0;
    end->code = info.si_code == CLD_EXITED ? info.si_status : 0;
    end->signal = info.si_code == CLD_EXITED ? 0 : info.si_status;
    return 1;
}

int kosbroker_pipe(int *reading, int *writing)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -errno;
    /* The other end is the program's, which need not expect that writing fails. */
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    *reading = ends[0];
    *writing = ends[1];
    return 0;
}

int kosbroker_eventfd(void)
{
    return result(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
}

void kosbroker_eventfd_signal(int event)
{
    uint64_t one = 1;
    while (write(event, &one, sizeof one) < 0 && errno == EINTR)
        ;
}

void kosbroker_eventfd_take(int event, int waits)
{
    uint64_t count;
    struct pollfd entry = {.fd = event, .events = POLLIN};
    while (waits && poll(&entry, 1, -1) < 0 && errno == EINTR)
        ;
    while (read(event, &count, sizeof count) < 0 && errno == EINTR)
        ;
}

static void handled_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGHUP);
}

int kosbroker_signals_open(void)
{
    sigset_t set;
    handled_signals(&set);
    int error = pthread_sigmask(SIG_BLOCK, &set, NULL);
    if (error)
        return -error;
    signal(SIGPIPE, SIG_IGN);
    return result(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

int kosbroker_signals_next(int signals)
{
    struct signalfd_siginfo info;
    return read(signals, &info, sizeof info) == sizeof info ? (int) info.ssi_signo : 0;
}

void kosbroker_signals_restore(void)
{
    sigset_t set;
    handled_signals(&set);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

static int address(const char *path, struct sockaddr_un *address)
{
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    if (strlen(path) >= sizeof address->sun_path)
        return -ENAMETOOLONG;
    strcpy(address->sun_path, path);
    return 0;
}

static int failed(int socket, int error)
{
    close(socket);
    return -error;
}

int kosbroker_listen(const char *path)
{
    struct sockaddr_un name;
    int error = address(path, &name);
    if (error)
        return error;
    int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener < 0)
        return -errno;
    /* The mode of the socket is that of the file, so that there is no moment with another one. */
    if (fchmod(listener, 0600) < 0
        || bind(listener, (struct sockaddr *) &name, sizeof name) < 0
        || listen(listener, 16) < 0)
        return failed(listener, errno);
    return listener;
}

int kosbroker_connect(const char *path)
{
    struct sockaddr_un name;
    int error = address(path, &name);
    if (error)
        return error;
    int connection = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (connection < 0)
        return -errno;
    if (connect(connection, (struct sockaddr *) &name, sizeof name) < 0)
        return failed(connection, errno);
    return connection;
}

int kosbroker_accept(int listener)
{
    return result(accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK));
}

int kosbroker_peer_user(int socket, uid_t *user)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
        return -errno;
    *user = peer.uid;
    return 0;
}

int kosbroker_peer_process(int socket)
{
    int process = -1;
    socklen_t size = sizeof process;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERPIDFD, &process, &size) == 0)
        return process;
    if (errno != ENOPROTOOPT && errno != EINVAL)
        return -errno;
    /* Before Linux 6.5: the number may have been taken over, in theory. */
    struct ucred peer;
    size = sizeof peer;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
        return -errno;
    return kosbroker_open_process(peer.pid);
}

int kosbroker_set_dumpable(int dumpable)
{
    return result(prctl(PR_SET_DUMPABLE, dumpable, 0, 0, 0));
}
