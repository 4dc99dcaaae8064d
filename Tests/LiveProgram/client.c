/* A client that finds the server, connects, calls and closes, so many times or until it is killed. */

#include "live_program.h"

#include <coresrv/cm/cm_api.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/ns/ns_api.h>
#include <coresrv/syscalls.h>
#include <coresrv/task/task_api.h>
#include <coresrv/thread/thread_api.h>
#include <rtl/stddef.h>
#include <stdio.h>
#include <string.h>

/* Sends a text, which must come back as it went. */
static Retcode echo(Handle handle, nk_mid_t method, char *text)
{
    char constant[64] = "", arena[64] = "";
    rtl_size_t size = strlen(text) + 1;
    SMsgHdr request = {.riid = ENDPOINT_ID, .method = method,
                       .constantPart = text, .constantSize = size,
                       .arena = text, .arenaSize = size};
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
    if (riid != ENDPOINT_ID)
        unexpected("KnCmConnect, with another RIID:", rcFail);
    Retcode called = rcOk;
    for (int call = 0; call < 3 && called == rcOk; call++) {
        char text[64];
        snprintf(text, sizeof text, "round %lu, call %d", round, call);
        called = echo(handle, METHOD_ECHO, text);
    }
    if (called == rcOk) {
        char name[64];
        rc = KnTaskGetName(name, sizeof name);
        if (rc != rcOk)
            unexpected("KnTaskGetName", rc);
        called = echo(handle, METHOD_LEAVE, name);
    }
    if (called != rcOk && called != rcNotConnected)
        unexpected("Call", called);
    rc = KnHandleClose(handle);
    if (rc != rcOk)
        unexpected("KnHandleClose", rc);
    return called;
}

int call_server(unsigned long rounds)
{
    NsHandle ns;
    Retcode rc = NsCreate(RTL_NULL, INFINITE_TIMEOUT, &ns);
    if (rc != rcOk)
        unexpected("NsCreate", rc);
    for (unsigned long round = 0, done = 0; rounds == 0 || done < rounds; round++) {
        if (visit(ns, round) == rcOk)
            done++;
        else
            KnSleep(1); /* the server is about to be started again */
    }
    return 0;
}
