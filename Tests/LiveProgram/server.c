/* A server that accepts whoever asks and sends back what it gets, until it is killed. */

#include "live_program.h"

#include <coresrv/cm/cm_api.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/ns/ns_api.h>
#include <coresrv/syscalls.h>
#include <pthread.h>
#include <rtl/stddef.h>
#include <stddef.h>
#include <stdlib.h>

static void *answer(void *argument)
{
    Handle listener = *(Handle *) argument;
    char constant[64], arena[4096];
    for (;;) {
        SMsgHdr request = {.constantPart = constant, .constantSize = sizeof constant,
                           .arena = arena, .arenaSize = sizeof arena};
        Retcode rc = Recv(listener, &request);
        if (rc == rcNotConnected)
            continue; /* the last client is gone */
        if (rc != rcOk)
            unexpected("Recv", rc);
        rc = Reply(listener, &request);
        if (rc != rcOk && rc != rcNotConnected)
            unexpected("Reply", rc);
    }
    return NULL;
}

int serve(void)
{
    NsHandle ns;
    Retcode rc = NsCreate(RTL_NULL, INFINITE_TIMEOUT, &ns);
    if (rc != rcOk)
        unexpected("NsCreate", rc);
    rc = NsPublishService(ns, INTERFACE, RTL_NULL, ENDPOINT);
    if (rc != rcOk)
        unexpected("NsPublishService", rc);
    static Handle listener;
    rc = KnHandleCreateListener(&listener);
    if (rc != rcOk)
        unexpected("KnHandleCreateListener", rc);
    pthread_t thread;
    if (pthread_create(&thread, NULL, answer, &listener) != 0)
        return 3;
    for (;;) {
        char client[UCoreStringSize], service[UCoreStringSize];
        Handle handle;
        rc = KnCmListen(RTL_NULL, INFINITE_TIMEOUT, client, service);
        if (rc == rcNotConnected)
            return 0; /* the broker ended */
        if (rc != rcOk)
            unexpected("KnCmListen", rc);
        rc = KnCmAccept(client, service, ENDPOINT_ID, listener, &handle);
        /* The client may have ended since. */
        if (rc != rcOk && rc != rcResourceNotFound)
            unexpected("KnCmAccept", rc);
    }
}
