/* A server that accepts whoever asks and sends back what it gets, until it is killed. */

#include "live_program.h"

#include <coresrv/cm/cm_api.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/ns/ns_api.h>
#include <coresrv/syscalls.h>
#include <pthread.h>
#include <rtl/stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The channels that are open, one for each client. */
static struct channel {
    char client[64];
    Handle handle;
} channels[256];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Puts a handle in the place of the one that the client had, which is closed. */
static void replace(const char *client, Handle handle)
{
    pthread_mutex_lock(&lock);
    struct channel *place = channels;
    while (place < channels + 255 && place->client[0] && strcmp(place->client, client) != 0)
        place++;
    snprintf(place->client, sizeof place->client, "%s", client);
    Handle old = place->handle;
    place->handle = handle;
    pthread_mutex_unlock(&lock);
    if (old == INVALID_HANDLE)
        return;
    Retcode rc = KnHandleClose(old);
    if (rc != rcOk)
        unexpected("KnHandleClose", rc);
}

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
        /* Nothing else tells a server which of its clients leaves. */
        if (request.method == METHOD_LEAVE)
            replace(arena, INVALID_HANDLE);
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
        if (rc == rcOk)
            replace(client, handle);
    }
}
