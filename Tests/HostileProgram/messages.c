#include "hostile_program.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct message {
    uint32_t id, kind, riid, method, constant_size, arena_size;
};
_Static_assert(sizeof(struct message) == MESSAGE_HEADER, "the header as it is on the wire");

static unsigned char bytes[200000];
static uint32_t last_id;

static struct end any_end(void)
{
    int count = self.end_count < ENDS ? self.end_count : ENDS;
    return count > 0 ? self.ends[below((uint32_t) count)] : (struct end){-1, false, 0};
}

/* Sends a header, and as much behind it as it says. */
static bool send_message(int socket, struct message message)
{
    size_t contents = message.constant_size + message.arena_size;
    memcpy(bytes, &message, sizeof message);
    return send_bytes(socket, bytes, sizeof message + contents);
}

static struct message request_to(struct end end)
{
    static const uint32_t sizes[] = {0, 1, 20, 64, 65, 4096, 4097, 32768};
    struct message message = {.id = ++last_id, .kind = REQUEST, .riid = end.riid, .method = 1};
    if (chance(20))
        message.riid = chance(50) ? end.riid + 1 : below(0xFFFFFFFF);
    message.constant_size = PICK(sizes);
    message.arena_size = PICK(sizes);
    fill_random(bytes + MESSAGE_HEADER, message.constant_size + message.arena_size);
    return message;
}

/* Takes what there is, which is nobody's business. */
static void read_messages(int socket, int milliseconds)
{
    struct pollfd poll_for = {.fd = socket, .events = POLLIN};
    while (poll(&poll_for, 1, milliseconds) > 0) {
        if (recv(socket, bytes, sizeof bytes, MSG_DONTWAIT) <= 0)
            return;
        milliseconds = 0;
    }
}

/* Mostly. */
void call_rightly(void)
{
    struct end end = any_end();
    for (uint32_t count = 1 + below(12); count > 0; count--) {
        struct message message = request_to(end);
        message.method = chance(80) ? 1 : below(4);
        send_message(end.socket, message);
    }
    if (chance(70))
        read_messages(end.socket, 5);
}

void send_message_noise(void)
{
    static const size_t sizes[] = {0, 1, 23, 24, 25, 4096, 65536, 65559, 65560, 65561, 150000};
    size_t size = PICK(sizes);
    fill_random(bytes, size);
    send_bytes(any_end().socket, bytes, size);
}

/* Messages of a kind that this side never sends, for calls that nobody made. */
void send_forgery(void)
{
    static const uint32_t retcodes[] = {0, 1, 0x7FFFFFFF, 0x80000000, 0x90000014, 0xFFFFFFFF};
    struct end end = any_end();
    for (uint32_t count = 1 + below(5); count > 0; count--) {
        struct message message = request_to(end);
        message.id = chance(80) ? below(30) : below(0xFFFFFFFF);
        message.kind = chance(90) ? 1 + below(4) : below(0xFFFFFFFF);
        if (message.kind == FAILURE)
            message.riid = PICK(retcodes);
        if (message.kind >= FAILURE && chance(70))
            message.constant_size = message.arena_size = 0;
        send_message(end.socket, message);
    }
}

void send_wrong_sizes(void)
{
    static const uint32_t sizes[] = {0, 1, 65, 65536, 65537, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF};
    struct end end = any_end();
    struct message message = request_to(end);
    message.kind = 1 + below(4);
    message.constant_size = PICK(sizes);
    message.arena_size = PICK(sizes);
    memcpy(bytes, &message, sizeof message);
    send_bytes(end.socket, bytes, sizeof message + below(200));
}

/* Requests whose replies are not read. */
void flood_channel(void)
{
    struct end end = any_end();
    struct message message = request_to(end);
    message.riid = end.riid;
    uint32_t largest = chance(50) ? 64 : 4096;
    if (message.constant_size > 64)
        message.constant_size = 64;
    if (message.arena_size > largest)
        message.arena_size = largest;
    for (uint32_t count = below(1000); count > 0; count--) {
        message.id++;
        if (!send_message(end.socket, message) && chance(10))
            break;
    }
}

/* As a server, rightly and not. */
void answer_requests(void)
{
    struct end end = any_end();
    struct pollfd poll_for = {.fd = end.socket, .events = POLLIN};
    for (uint32_t count = 1 + below(10); count > 0 && poll(&poll_for, 1, 3) > 0; count--) {
        struct message message;
        ssize_t size = recv(end.socket, bytes, sizeof bytes, MSG_DONTWAIT);
        if (size < MESSAGE_HEADER)
            return;
        memcpy(&message, bytes, sizeof message);
        if (message.constant_size + message.arena_size > MESSAGE)
            return;
        message.kind = chance(80) ? REPLY : 1 + below(4);
        if (chance(10))
            message.id += below(5) - 2;
        if (chance(10))
            message.constant_size = below(30000);
        if (message.kind == FAILURE)
            message.constant_size = message.arena_size = 0;
        for (uint32_t times = chance(80) ? 1 : below(4); times > 0; times--)
            send_message(end.socket, message);
    }
}

void shut_channel(void)
{
    static const int directions[] = {SHUT_RD, SHUT_WR, SHUT_RDWR};
    struct end end = any_end();
    shutdown(end.socket, PICK(directions));
}
