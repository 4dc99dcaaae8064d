#define _GNU_SOURCE
#include "hostile_program.h"

#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* Longer than anything that is sent. */
static unsigned char bytes[200000];

static int any_socket(void)
{
    return chance(80) ? any_lane() : self.identity;
}

void send_noise(void)
{
    static const size_t sizes[] = {0, 1, 2, 23, 24, 39, 40, 41, 1000, 4095, 4096, 4097, 65536, 131072};
    size_t size = PICK(sizes);
    if (chance(20))
        memset(bytes, chance(50) ? 0 : 0xFF, size);
    else
        fill_random(bytes, size);
    if (size > 1 && chance(50))
        bytes[0] = 1;
    if (size > 1 && chance(50))
        bytes[1] = (unsigned char) below(16);
    send_bytes(any_socket(), bytes, size);
}

void send_mutation(void)
{
    struct request request = any_request();
    number_call(&request);
    size_t size = write_request(bytes, &request);
    for (uint32_t count = 1 + below(4); count > 0; count--) {
        /* Mostly the header, where it matters. */
        uint32_t place = chance(80) ? below(REQUEST_HEADER) : below((uint32_t) size);
        bytes[place] = chance(50) ? (unsigned char) below(256) : bytes[place] ^ (1u << below(8));
    }
    send_bytes(any_socket(), bytes, size);
}

/* One thing is wrong, and all else right. */
void send_fault(void)
{
    struct request request = any_request();
    number_call(&request);
    size_t size = write_request(bytes, &request);
    static const uint16_t lengths[] = {1, 1025, 4096, 0xFFFE, 0x8000};
    uint16_t length = PICK(lengths);
    switch (below(9)) {
    case 0:
        bytes[0] = chance(50) ? 0 : 2;
        break;
    case 1:
        bytes[1] = chance(50) ? 0 : (unsigned char) (15 + below(240));
        break;
    case 2:
        bytes[2] = (unsigned char) (1 + below(255));
        break;
    case 3:
        bytes[3] = 1;
        break;
    case 4:
        bytes[36 + below(4)] = 1;
        break;
    case 5:
        memcpy(bytes + 20 + 2 * below(4), &length, sizeof length);
        break;
    case 6:
        bytes[8 + below(12)] ^= 0x55;
        break;
    case 7:
        size -= 1 + below((uint32_t) size - 1);
        break;
    case 8:
        size += 1 + below(FRAME);
        break;
    }
    send_bytes(any_lane(), bytes, size);
}

void send_to_wrong_socket(void)
{
    if (chance(50))
        send_request(any_lane(), (struct request){.operation = OPEN_LANE});
    else
        send_request(self.identity, any_request());
}

/* Sends a frame with descriptors, which nobody has asked for. */
void send_descriptors(void)
{
    enum { MOST = 253 };
    int pair[2], descriptors[MOST];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) < 0)
        return;
    /* Among them what would keep itself open on its way. */
    int sources[] = {self.identity, any_lane(), pair[0], pair[1], STDIN_FILENO, epoll_create1(0)};
    size_t count = chance(50) ? 1 : chance(50) ? 6 : MOST;
    for (size_t index = 0; index < count; index++)
        descriptors[index] = sources[index % 6];
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof descriptors)];
    } control;
    memset(&control, 0, sizeof control);
    struct request request = any_request();
    number_call(&request);
    struct iovec part = {bytes, write_request(bytes, &request)};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes,
                             .msg_controllen = CMSG_SPACE(count * sizeof(int))};
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    control.header.cmsg_len = CMSG_LEN(count * sizeof(int));
    memcpy(CMSG_DATA(&control.header), descriptors, count * sizeof(int));
    int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    int lane = any_lane();
    sendmsg(pair[0], &message, flags);
    sendmsg(lane, &message, flags);
    if (self.end_count > 0)
        sendmsg(self.ends[0].socket, &message, flags);
    close(sources[5]);
    close(pair[0]);
    close(pair[1]);
    read_answers(lane, 1);
}
