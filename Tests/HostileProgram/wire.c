#define _GNU_SOURCE
#include "hostile_program.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct hostile self = {.identity = 3};

/* The broker said what the wire does not have: that is no way for a hostile program to end. */
static void confused(const char *what)
{
    fprintf(stderr, "the broker is confused: %s\n", what);
    _exit(4);
}

/* Receiving */

static uint32_t word_at(const unsigned char *bytes, size_t offset)
{
    uint32_t word;
    memcpy(&word, bytes + offset, sizeof word);
    return word;
}

static uint16_t half_at(const unsigned char *bytes, size_t offset)
{
    uint16_t half;
    memcpy(&half, bytes + offset, sizeof half);
    return half;
}

void keep_end(struct end end)
{
    self.ends[self.end_count++ % ENDS] = end;
}

/* Who reads an answer knows what was asked from the call's number, unless it was mutated. */
static void keep_descriptor(int descriptor, uint32_t call, uint32_t number)
{
    uint32_t operation = call & 15;
    if (operation != OPEN_LANE)
        keep_end((struct end){descriptor, operation == CONNECT, number});
    else if (self.lane_count < LANES)
        self.lanes[self.lane_count++] = descriptor;
}

static void take_answer(const unsigned char *frame, size_t size, int descriptor, bool is_cut)
{
    if (size < REPLY_HEADER || size > FRAME || frame[0] != 1 || frame[1] != 2)
        confused("an answer has no header of this version");
    if (half_at(frame, 2) > 3)
        confused("an answer has unknown flags");
    if (REPLY_HEADER + half_at(frame, 20) + half_at(frame, 22) != (int) size)
        confused("an answer is as long as its names are not");
    bool promised = half_at(frame, 2) & 1;
    if (descriptor >= 0 && !promised)
        confused("a descriptor came that was not announced");
    /* Where it cannot be taken in, there is none. */
    if (promised && descriptor < 0 && !is_cut && word_at(frame, 8) != 0)
        confused("a descriptor was announced with a failure");
    uint32_t handle = word_at(frame, 12);
    if (handle != 0)
        self.handles[self.handle_count++ % HANDLES] = handle;
    if (descriptor >= 0)
        keep_descriptor(descriptor, word_at(frame, 4), word_at(frame, 16));
}

/* Receives one frame without waiting; its size, 0 at the end, or -1. */
static ssize_t receive(int socket, unsigned char *frame, size_t size, int *descriptor, bool *is_cut)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec part = {frame, size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    ssize_t count = recvmsg(socket, &message, MSG_DONTWAIT | MSG_TRUNC | MSG_CMSG_CLOEXEC);
    *descriptor = -1;
    *is_cut = count >= 0 && (message.msg_flags & MSG_CTRUNC);
    struct cmsghdr *header = count >= 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (header && header->cmsg_type == SCM_RIGHTS && header->cmsg_len >= CMSG_LEN(sizeof(int)))
        memcpy(descriptor, CMSG_DATA(header), sizeof *descriptor);
    return count;
}

void take_welcome(void)
{
    unsigned char frame[FRAME];
    int lane;
    bool is_cut;
    ssize_t size = receive(self.identity, frame, sizeof frame, &lane, &is_cut);
    if (size < REPLY_HEADER || frame[0] != 1 || frame[1] != 1 || lane < 0)
        confused("there is no welcome with a lane");
    self.lanes[self.lane_count++] = lane;
}

void read_answers(int socket, int milliseconds)
{
    unsigned char frame[FRAME + 1];
    struct pollfd poll_for = {.fd = socket, .events = POLLIN};
    while (poll(&poll_for, 1, milliseconds) > 0) {
        int descriptor;
        bool is_cut;
        ssize_t size = receive(socket, frame, sizeof frame, &descriptor, &is_cut);
        if (size < 0 && errno == EAGAIN)
            return;
        if (size <= 0) {
            self.is_ended = true;
            return;
        }
        take_answer(frame, (size_t) size, descriptor, is_cut);
        milliseconds = 0;
    }
}

/* Sending */

bool send_bytes(int socket, const void *bytes, size_t size)
{
    ssize_t sent = send(socket, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent >= 0 && (size_t) sent == size;
}

size_t write_request(unsigned char *frame, const struct request *request)
{
    memset(frame, 0, REQUEST_HEADER);
    frame[0] = 1;
    frame[1] = request->operation;
    frame[2] = request->flags;
    uint32_t words[] = {request->call, request->milliseconds, request->handle, request->number};
    memcpy(frame + 4, words, sizeof words);
    size_t size = REQUEST_HEADER;
    for (int index = 0; index < 4; index++) {
        struct name name = request->names[index];
        memcpy(frame + 20 + 2 * index, &name.length, sizeof name.length);
        if (name.length == NULL_NAME || name.length == 0)
            continue;
        memcpy(frame + size, name.bytes, name.length);
        size += name.length;
    }
    memcpy(frame + 28, request->sizes, sizeof request->sizes);
    return size;
}

void number_call(struct request *request)
{
    request->call = ++self.calls << 4 | request->operation;
}

bool send_request(int socket, struct request request)
{
    unsigned char frame[REQUEST_HEADER + 4 * 1024];
    number_call(&request);
    return send_bytes(socket, frame, write_request(frame, &request));
}

/* Choosing */

int any_lane(void)
{
    return self.lane_count > 0 ? self.lanes[below((uint32_t) self.lane_count)] : self.identity;
}

uint32_t any_handle(void)
{
    int count = self.handle_count < HANDLES ? self.handle_count : HANDLES;
    return count > 0 ? self.handles[below((uint32_t) count)] : below(100);
}

struct name text(const char *name)
{
    return (struct name){name, (uint16_t) strlen(name)};
}

struct name any_name(void)
{
    static const char *const known[] = {
        SERVER, ENDPOINT, SELF, TRAP, "live.Client", "live.Visitor", "live.IEcho", "live.Nobody",
        "kl.core.NameServer", "kl.core.Core", "Einit", "self", "*", "",
    };
    static unsigned char bytes[1024];
    if (chance(70))
        return text(PICK(known));
    if (chance(20))
        return (struct name){NULL, NULL_NAME};
    static const uint16_t lengths[] = {1, 2, 255, 1022, 1023, 1024};
    struct name name = {bytes, PICK(lengths)};
    if (chance(50))
        fill_random(bytes, sizeof bytes);
    else
        memset(bytes, 'x', sizeof bytes);
    return name;
}

struct request any_request(void)
{
    static const uint32_t times[] = {0, 0, 1, 5, 20, 1000, 0xFFFFFFFE, 0xFFFFFFFF};
    static const uint8_t name_counts[] = {0, 1, 3, 3, 1, 2, 1, 2, 2, 0, 0, 0, 1, 1};
    struct request request = {.operation = (uint8_t) (1 + below(LOCATOR_REGISTER))};
    for (int index = 0; index < name_counts[request.operation]; index++)
        request.names[index] = any_name();
    switch (request.operation) {
    case NS_CREATE: case CONNECT: case LISTEN:
        request.milliseconds = PICK(times);
        break;
    case ENUMERATE:
        request.number = chance(80) ? below(3) : below(0xFFFFFFFF);
        request.sizes[0] = chance(80) ? 1024 : below(20);
        request.sizes[1] = chance(80) ? 1024 : below(20);
        /* fall through */
    case PUBLISH: case UNPUBLISH: case CLOSE:
        request.handle = any_handle();
        break;
    case ACCEPT:
        request.handle = chance(50) ? 0 : any_handle();
        request.number = below(20);
        if (chance(20)) {
            request.flags = 4;
            request.milliseconds = PICK(times);
        }
        break;
    }
    if (request.operation == CLOSE && chance(30))
        request.flags = 1;
    if (request.flags == 0 && request.operation != CLOSE && request.operation != DROP
        && request.operation != PUBLISH && request.operation != UNPUBLISH && chance(5))
        request.flags = 2;
    return request;
}

void pause_for(unsigned milliseconds)
{
    struct timespec time = {milliseconds / 1000, (long) (milliseconds % 1000) * 1000000};
    nanosleep(&time, NULL);
}
