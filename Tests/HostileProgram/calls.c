#include "hostile_program.h"

#include <stdlib.h>

static const uint32_t for_ever = 0xFFFFFFFF;

/* Makes a call and reads what has come until a moment later. */
static void call(int lane, struct request request, int milliseconds)
{
    send_request(lane, request);
    read_answers(lane, milliseconds);
}

void publish_trap(void)
{
    int lane = any_lane();
    call(lane, (struct request){.operation = NS_CREATE, .names = {{NULL, NULL_NAME}},
                                .milliseconds = for_ever}, 5);
    call(lane, (struct request){.operation = PUBLISH, .handle = any_handle(),
                                .names = {text("live.ITrap"), {NULL, NULL_NAME}, text(TRAP)}}, 5);
}

void visit_server(void)
{
    call(any_lane(), (struct request){.operation = CONNECT, .milliseconds = 50,
                                      .names = {text(SERVER), text(ENDPOINT)}}, 20);
}

static struct request listen_for(uint32_t milliseconds)
{
    return (struct request){.operation = LISTEN, .names = {{NULL, NULL_NAME}},
                            .milliseconds = milliseconds};
}

static struct request accept_from(const char *client, const char *endpoint)
{
    return (struct request){.operation = ACCEPT, .names = {text(client), text(endpoint)},
                            .number = below(10), .handle = chance(60) ? 0 : any_handle()};
}

void serve_visitors(void)
{
    int lane = any_lane();
    call(lane, listen_for(10), 12);
    for (uint32_t count = 1 + below(3); count > 0; count--)
        call(lane, accept_from("live.Visitor", TRAP), 2);
    if (chance(10))
        call(lane, (struct request){.operation = DROP,
                                    .names = {text("live.Visitor"), text(TRAP)}}, 2);
}

/* Both ends of a channel are its own. */
void serve_itself(void)
{
    int lane = any_lane(), other = any_lane();
    send_request(lane, (struct request){.operation = CONNECT,
                                        .milliseconds = chance(50) ? for_ever : below(20),
                                        .names = {text(SELF), text(TRAP)}});
    send_request(other, listen_for(chance(50) ? 0 : 5));
    send_request(other, accept_from(SELF, TRAP));
    if (chance(80)) {
        read_answers(other, 5);
        read_answers(lane, 5);
    }
}

void call_anything(void)
{
    for (uint32_t count = 1 + below(14); count > 0; count--) {
        int lane = any_lane();
        send_request(lane, any_request());
        if (chance(60))
            read_answers(lane, 1);
    }
}

/* Handles of others are near its own. */
void guess_handles(void)
{
    static const uint8_t operations[] = {CLOSE, CLOSE, ACCEPT, PUBLISH, ENUMERATE, UNPUBLISH};
    for (uint32_t count = 1 + below(60); count > 0; count--) {
        struct request request;
        uint8_t operation = PICK(operations);
        do
            request = any_request();
        while (request.operation != operation);
        request.handle = chance(90) ? any_handle() + below(40) - 20 : below(for_ever);
        int lane = any_lane();
        send_request(lane, request);
        read_answers(lane, chance(10) ? 1 : 0);
    }
}

/* As many calls as the socket takes, of which none waits; the answers are not read, or late. */
void flood_calls(void)
{
    struct request request = {.operation = CREATE_LISTENER};
    if (chance(30))
        request = (struct request){.operation = CLOSE, .handle = 1};
    if (chance(30))
        request.operation = HANDLE_CONNECT, request.handle = 0;
    bool is_read = chance(50);
    for (uint32_t count = below(2000); count > 0; count--) {
        int lane = any_lane();
        bool is_sent = send_request(lane, request);
        if (is_read)
            read_answers(lane, 0);
        if (!is_sent && self.is_ended)
            return;
        if (!is_sent)
            pause_for(1);
        if (!is_sent && chance(10))
            return;
    }
}

/* Calls that wait, on one lane, up to more than a lane may have. */
void flood_lane(void)
{
    int lane = any_lane();
    for (uint32_t count = below(20); count > 0; count--)
        send_request(lane, listen_for(chance(50) ? for_ever : below(30)));
    if (chance(30))
        read_answers(lane, 1);
}

void open_lanes(void)
{
    for (uint32_t count = below(120); count > 0; count--) {
        send_request(self.identity, (struct request){.operation = OPEN_LANE});
        if (chance(80))
            read_answers(self.identity, 1);
    }
}

/* Every lane has a call that waits, up to more than a process may have. */
void wait_everywhere(void)
{
    for (int index = 0; index < self.lane_count; index++) {
        struct request connect = {.operation = CONNECT, .names = {text(SERVER), text(ENDPOINT)},
                                  .milliseconds = chance(50) ? for_ever : below(50)};
        if (chance(50))
            connect.names[0] = text(chance(50) ? "live.Client" : SELF);
        for (uint32_t count = below(4); count > 0; count--)
            send_request(self.lanes[index], chance(50) ? connect : listen_for(for_ever));
    }
    if (chance(70))
        read_answers(any_lane(), 5);
}

/* Channels with itself whose ends stay on their way. */
void leave_descriptors(void)
{
    for (int index = 0; index < self.lane_count && index < 20; index++) {
        for (int count = 0; count < 5; count++) {
            send_request(self.lanes[index],
                         (struct request){.operation = CONNECT, .milliseconds = for_ever,
                                          .names = {text(SELF), text(TRAP)}});
            send_request(self.lanes[index], accept_from(SELF, TRAP));
        }
    }
    pause_for(1);
}
