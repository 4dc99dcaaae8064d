/* Clients of the server, which is to behave well. */

#include "live_program.h"

#include <coresrv/cm/cm_api.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/ns/ns_api.h>
#include <coresrv/syscalls.h>
#include <coresrv/thread/thread_api.h>
#include <fcntl.h>
#include <rtl/stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Sends a text, which must come back as it went. */
static Retcode echo(Handle handle, nk_iid_t riid, nk_mid_t method, const char *text)
{
    char constant[64] = "", arena[64] = "";
    rtl_size_t size = strlen(text) + 1;
    SMsgHdr request = {.riid = riid, .method = method,
                       .constantPart = (void *) text, .constantSize = size,
                       .arena = (void *) text, .arenaSize = size};
    SMsgHdr reply = {.constantPart = constant, .constantSize = sizeof constant,
                     .arena = arena, .arenaSize = sizeof arena};
    Retcode rc = Call(handle, &request, &reply);
    if (rc != rcOk)
        return rc;
    if (reply.constantSize != request.constantSize || reply.arenaSize != request.arenaSize ||
        memcmp(constant, text, reply.constantSize) != 0 ||
        memcmp(arena, text, reply.arenaSize) != 0)
        unexpected("Call, with another's reply:", rcFail);
    return rcOk;
}

/* One round; what kept it from succeeding is the end of the server. */
static Retcode visit(NsHandle ns, unsigned long round)
{
    char server[UCoreStringSize], service[UCoreStringSize];
    Retcode rc = NsEnumServices(ns, INTERFACE, 0, server, sizeof server, service, sizeof service);
    if (rc == rcResourceNotFound)
        return rc;
    if (rc != rcOk)
        unexpected("NsEnumServices", rc);
    Handle handle;
    rtl_uint32_t riid;
    rc = KnCmConnect(server, service, INFINITE_TIMEOUT, &handle, &riid);
    if (rc == rcNotConnected || rc == rcResourceNotFound)
        return rc;
    if (rc != rcOk)
        unexpected("KnCmConnect", rc);
    Retcode called = rcOk;
    for (int call = 0; call < 3 && called == rcOk; call++) {
        char text[64];
        snprintf(text, sizeof text, "round %lu, call %d", round, call);
        called = echo(handle, riid, METHOD_ECHO, text);
    }
    if (called == rcOk)
        called = echo(handle, riid, METHOD_LEAVE, "");
    if (called != rcOk && called != rcNotConnected)
        unexpected("Call", called);
    rc = KnHandleClose(handle);
    if (rc != rcOk)
        unexpected("KnHandleClose", rc);
    return called;
}

static NsHandle connect_to_name_server(void)
{
    NsHandle ns;
    Retcode rc = NsCreate(RTL_NULL, INFINITE_TIMEOUT, &ns);
    if (rc != rcOk)
        unexpected("NsCreate", rc);
    return ns;
}

int call_server(unsigned long rounds, bool is_steady)
{
    NsHandle ns = connect_to_name_server();
    bool is_found = false;
    for (unsigned long round = 0, done = 0; rounds == 0 || done < rounds; round++) {
        Retcode rc = visit(ns, round);
        if (is_steady && is_found && rc != rcOk)
            unexpected("a visit", rc);
        if (rc == rcOk) {
            is_found = true;
            done++;
        } else {
            KnSleep(1); /* the server is about to be started, perhaps again */
        }
    }
    return 0;
}

static int open_fifo(const char *path, int flags)
{
    int descriptor = open(path, flags);
    if (descriptor < 0) {
        perror(path);
        exit(3);
    }
    return descriptor;
}

/* Says that a point is reached, and waits for the word to go on. */
static void report(int reports, int orders)
{
    char word = '.';
    if (write(reports, &word, 1) != 1 || read(orders, &word, 1) != 1)
        exit(3);
}

int call_on_order(unsigned long calls, const char *reports_path, const char *orders_path)
{
    int reports = open_fifo(reports_path, O_WRONLY), orders = open_fifo(orders_path, O_RDONLY);
    Handle handle;
    rtl_uint32_t riid;
    Retcode rc = KnCmConnect("live.Server", ENDPOINT, INFINITE_TIMEOUT, &handle, &riid);
    if (rc != rcOk)
        unexpected("KnCmConnect", rc);
    rc = echo(handle, riid, METHOD_ECHO, "before");
    report(reports, orders);
    for (unsigned long call = 0; call < calls && rc == rcOk; call++)
        rc = echo(handle, riid, METHOD_ECHO, "call");
    if (rc != rcOk)
        unexpected("Call", rc);
    report(reports, orders);
    rc = echo(handle, riid, METHOD_LEAVE, "");
    if (rc != rcOk)
        unexpected("Call", rc);
    return 0;
}
