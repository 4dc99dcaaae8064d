#ifndef HOSTILE_PROGRAM_H
#define HOSTILE_PROGRAM_H

/* A process that does everything wrong. It knows the wire by its description and uses nothing of the
 * library, so that nothing keeps it from what no library would do. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What requests ask for. */
enum operation {
    NS_CREATE = 1, PUBLISH, UNPUBLISH, ENUMERATE, CONNECT, LISTEN, ACCEPT, DROP, CLOSE,
    CREATE_LISTENER, HANDLE_CONNECT, LOCATOR_CONNECT, LOCATOR_REGISTER, OPEN_LANE
};

/* What messages on a channel are. */
enum kind { REQUEST = 1, REPLY, FAILURE, KICK };

enum { FRAME = 4096, REQUEST_HEADER = 40, REPLY_HEADER = 24, MESSAGE_HEADER = 24, MESSAGE = 65536 };

/* The other processes of the test, and this one. */
#define SERVER "live.Server"
#define ENDPOINT "live.echo"
#define SELF "live.Hostile"
#define TRAP "live.trap"

/* A name of a request: null pointers are told from names that are not there. */
struct name {
    const void *bytes;
    uint16_t length;
};
enum { NULL_NAME = 0xFFFF };

struct request {
    uint8_t operation;
    uint8_t flags;
    uint32_t call;
    uint32_t milliseconds;
    uint32_t handle;
    uint32_t number;
    struct name names[4];
    uint32_t sizes[2];
};

struct end {
    int socket;
    bool is_client;
    /* What the server accepted the client with. */
    uint32_t riid;
};

enum { LANES = 128, HANDLES = 64, ENDS = 64 };

/* What the process has. */
extern struct hostile {
    int identity;
    int lanes[LANES];
    int lane_count;
    /* The latest ones. */
    uint32_t handles[HANDLES];
    int handle_count;
    struct end ends[ENDS];
    int end_count;
    uint32_t calls;
    /* The broker has ended it. */
    bool is_ended;
    bool is_child;
} self;

/* random.c: the same seed gives the same numbers. */
void seed_random(uint64_t seed);
/* From 0 to `limit` - 1. */
uint32_t below(uint32_t limit);
bool chance(uint32_t percent);
void fill_random(void *bytes, size_t size);
#define PICK(array) ((array)[below(sizeof (array) / sizeof *(array))])

/* wire.c */
/* Takes the welcome and the first lane, as the library does before main. */
void take_welcome(void);
int any_lane(void);
uint32_t any_handle(void);
/* Gives the request a number that says what it asks for. */
void number_call(struct request *request);
size_t write_request(unsigned char *frame, const struct request *request);
/* Sends without waiting, and without dying of it. */
bool send_bytes(int socket, const void *bytes, size_t size);
bool send_request(int socket, struct request request);
/* Reads the answers that come within a time; none of the broker's may be malformed. */
void read_answers(int socket, int milliseconds);
/* Keeps the end of a channel; the oldest is forgotten, and stays open. */
void keep_end(struct end end);
void pause_for(unsigned milliseconds);
struct name text(const char *name);
/* Any name: one that means something, one that is too long, none at all. */
struct name any_name(void);
/* A request whose fields are as they must be, and whose contents may be anything. */
struct request any_request(void);

/* What it does; each takes some milliseconds at most. */

/* frames.c: what is no frame. */
void send_noise(void);
void send_mutation(void);
void send_fault(void);
void send_to_wrong_socket(void);
void send_descriptors(void);

/* calls.c: frames that are right. */
void publish_trap(void);
void visit_server(void);
void serve_visitors(void);
void serve_itself(void);
void call_anything(void);
void guess_handles(void);
void flood_calls(void);
void flood_lane(void);
void open_lanes(void);
void wait_everywhere(void);
void leave_descriptors(void);

/* messages.c: on channels, as client and as server. */
void call_rightly(void);
void send_message_noise(void);
void send_forgery(void);
void send_wrong_sizes(void);
void flood_channel(void);
void answer_requests(void);
void shut_channel(void);

/* trouble.c: what a process does to itself. */
void stop_for_a_while(void);
void let_child_speak(void);
void leak_to_child(void);
void limit_descriptors(void);
void change_buffers(void);
void close_something(void);
void run_again(void);
/* Ends in one of many ways. */
void leave(void);

extern const char *program;

#endif
