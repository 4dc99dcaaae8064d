/* A process that misbehaves: `broker SEED` above all towards the broker, `channels SEED` towards
 * those whom it has channels with. The same seed does the same things in the same order. */

#include "hostile_program.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static const struct act {
    const char *name;
    void (*perform)(void);
    /* How often, towards the broker and on channels. */
    unsigned broker, channels;
} acts[] = {
    {"noise", send_noise, 3, 0},
    {"mutation", send_mutation, 4, 0},
    {"fault", send_fault, 3, 0},
    {"wrong socket", send_to_wrong_socket, 2, 0},
    {"descriptors", send_descriptors, 4, 3},
    {"publish", publish_trap, 6, 4},
    {"visit", visit_server, 12, 15},
    {"serve", serve_visitors, 6, 20},
    {"itself", serve_itself, 8, 2},
    {"anything", call_anything, 16, 0},
    {"guesses", guess_handles, 6, 1},
    {"flood of calls", flood_calls, 5, 0},
    {"flood of a lane", flood_lane, 4, 0},
    {"lanes", open_lanes, 10, 2},
    {"waits", wait_everywhere, 6, 0},
    {"unread descriptors", leave_descriptors, 5, 0},
    {"right calls", call_rightly, 4, 12},
    {"noise on a channel", send_message_noise, 2, 6},
    {"forgery", send_forgery, 3, 12},
    {"wrong sizes", send_wrong_sizes, 2, 6},
    {"flood of a channel", flood_channel, 3, 6},
    {"answers", answer_requests, 3, 20},
    {"shut channel", shut_channel, 2, 4},
    {"stop", stop_for_a_while, 3, 2},
    {"child", let_child_speak, 4, 2},
    {"leak", leak_to_child, 3, 1},
    {"few descriptors", limit_descriptors, 3, 1},
    {"buffers", change_buffers, 3, 2},
    {"close", close_something, 2, 0},
    {"run again", run_again, 2, 0},
};
enum { ACTS = sizeof acts / sizeof *acts };

static const struct act *any_act(bool is_on_channels)
{
    unsigned sum = 0;
    for (int index = 0; index < ACTS; index++)
        sum += is_on_channels ? acts[index].channels : acts[index].broker;
    unsigned left = below(sum);
    for (int index = 0;; index++) {
        unsigned weight = is_on_channels ? acts[index].channels : acts[index].broker;
        if (left < weight)
            return &acts[index];
        left -= weight;
    }
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double) time.tv_sec + (double) time.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: HostileProgram broker | channels SEED\n");
        return 2;
    }
    program = argv[0];
    bool is_on_channels = strcmp(argv[1], "channels") == 0;
    seed_random(strtoull(argv[2], NULL, 10));
    signal(SIGPIPE, SIG_IGN);
    struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    alarm(2); /* whatever goes wrong */
    /* It has taken that already if it runs again. */
    if (strcmp(argv[1], "again") != 0)
        take_welcome();
    if (is_on_channels)
        publish_trap();
    double end = now() + 0.3;
    for (uint32_t count = 5 + below(30); count > 0 && now() < end; count--) {
        const struct act *act = any_act(is_on_channels);
        fprintf(stderr, "%s, ", act->name);
        act->perform();
        /* Who is ended has its channels for a while, or thinks so. */
        if (self.is_ended && chance(60))
            break;
    }
    leave();
}
