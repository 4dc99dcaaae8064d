/* A client of a server that may be hostile: whatever that does, the functions return one of the codes
 * that they are documented to, in the time that they are given. */

#include "live_program.h"

#include <coresrv/cm/cm_api.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/syscalls.h>
#include <coresrv/thread/thread_api.h>
#include <pthread.h>
#include <rtl/stddef.h>
#include <stdlib.h>

enum { MILLISECONDS = 15, CALLS = 6 };

struct visit {
    Handle handle;
    nk_iid_t riid;
    /* Which of the threads makes its calls. */
    int thread;
};

static bool is_documented(Retcode rc)
{
    switch (rc) {
    case rcOk: case rcTimeout: case rcNotConnected:
    /* What the server's side says in place of a reply, and a reply that is too large. */
    case rcSecurityDisallow: case rcBufferTooSmall: case rcBufferTooLarge: case rcFail:
    /* The other thread has closed the handle. */
    case rcInvalidArgument:
        return true;
    default:
        return false;
    }
}

static void *call(void *argument)
{
    const struct visit *visit = argument;
    static char sent[40000];
    char constant[64], arena[4096];
    for (int call = 0; call < CALLS; call++) {
        static const rtl_size_t sizes[] = {0, 1, 64, 4096, 30000};
        SMsgHdr request = {.riid = visit->riid, .method = 1,
                           .constantPart = sent, .constantSize = sizes[call % 5],
                           .arena = sent, .arenaSize = sizes[(call + visit->thread) % 5]};
        SMsgHdr reply = {.constantPart = constant, .constantSize = sizeof constant,
                         .arena = arena, .arenaSize = sizeof arena};
        Retcode rc = CallEx(visit->handle, &request, &reply, MILLISECONDS, INVALID_HANDLE);
        if (!is_documented(rc))
            unexpected("CallEx", rc);
        if (rc == rcOk && (reply.constantSize > sizeof constant || reply.arenaSize > sizeof arena))
            unexpected("CallEx, with more than there is room for:", rcFail);
        if (rc == rcNotConnected || rc == rcInvalidArgument)
            break;
    }
    return NULL;
}

/* Two threads call at once, and the channel may be closed under one of them. */
static void call_stranger(Handle handle, nk_iid_t riid)
{
    struct visit visits[] = {{handle, riid, 0}, {handle, riid, 1}};
    pthread_t other;
    if (pthread_create(&other, NULL, call, &visits[1]) != 0)
        exit(3);
    call(&visits[0]);
    Retcode rc = KnHandleClose(handle);
    if (rc != rcOk)
        unexpected("KnHandleClose", rc);
    pthread_join(other, NULL);
}

int visit_stranger(const char *server, const char *endpoint)
{
    for (;;) {
        Handle handle;
        rtl_uint32_t riid;
        Retcode rc = KnCmConnect(server, endpoint, 2 * MILLISECONDS, &handle, &riid);
        switch (rc) {
        case rcOk:
            call_stranger(handle, riid);
            break;
        case rcResourceNotFound:
            KnSleep(1);
            break;
        case rcTimeout: case rcNotConnected: case rcAbort:
            break;
        default:
            unexpected("KnCmConnect", rc);
        }
    }
}
