/* An agent in C: makes the calls that `kosbroker test --live` asks for. docs/formats/tests.md has
 * the layout of commands and reports. */

#include <coresrv/cm/cm_api.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/ns/ns_api.h>
#include <kl/core/Types.idl.h>
#include <pthread.h>
#include <rtl/retcode.h>
#include <rtl/stdint.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { CONTROL = 4, COMMAND = 16384 };

/* A command as it arrives, on a machine whose numbers are little-endian. */
struct command {
    rtl_uint32_t tag, function, milliseconds, handle, number, sizes[2], lengths[3];
    char names[COMMAND];
};

struct report {
    rtl_uint32_t tag;
    Retcode retcode;
    rtl_uint32_t handle, number, lengths[2];
    char names[2 * UCoreStringSize];
};

static Retcode perform(const struct command *command, struct report *report, char *first,
                       char *second)
{
    const char *name[3];
    const char *next = command->names;
    for (int index = 0; index < 3; index++) {
        int is_null = command->lengths[index] == 0xFFFFFFFFu;
        name[index] = is_null ? NULL : next;
        next += is_null ? 0 : command->lengths[index] + 1;
    }
    switch (command->function) {
    case 1:
        return NsCreate(name[0], command->milliseconds, &report->handle);
    case 2:
        return NsPublishService(command->handle, name[0], name[1], name[2]);
    case 3:
        return NsUnPublishService(command->handle, name[0], name[1], name[2]);
    case 4:
        return NsEnumServices(command->handle, name[0], command->number, first, command->sizes[0],
                              second, command->sizes[1]);
    case 5:
        return KnCmConnect(name[0], name[1], command->milliseconds, &report->handle,
                           &report->number);
    case 6:
        return KnCmListen(name[0], command->milliseconds, first, second);
    case 7:
        return KnCmAccept(name[0], name[1], command->number, command->handle, &report->handle);
    case 8:
        return KnCmDrop(name[0], name[1]);
    case 9:
        return KnHandleClose(command->handle);
    case 10:
        return KnHandleCreateListener(&report->handle);
    default:
        return rcUnimplemented;
    }
}

static void *serve(void *argument)
{
    struct command *command = (struct command *) argument;
    struct report report;
    char names[2][UCoreStringSize];
    memset(&report, 0, sizeof report);
    memset(names, 0, sizeof names);
    report.tag = command->tag;
    report.retcode = perform(command, &report, names[0], names[1]);
    size_t size = 0;
    for (int index = 0; index < 2 && report.retcode == rcOk; index++) {
        size_t length = strnlen(names[index], UCoreStringSize);
        memcpy(report.names + size, names[index], length);
        report.lengths[index] = (rtl_uint32_t) length;
        size += length;
    }
    send(CONTROL, &report, offsetof(struct report, names) + size, MSG_NOSIGNAL);
    free(command);
    return NULL;
}

int main(void)
{
    for (;;) {
        struct command *command = (struct command *) malloc(sizeof *command);
        if (!command || recv(CONTROL, command, sizeof *command, 0) <= 0)
            _Exit(0);
        pthread_t thread;
        if (pthread_create(&thread, NULL, serve, command))
            _Exit(1);
        pthread_detach(thread);
    }
}
