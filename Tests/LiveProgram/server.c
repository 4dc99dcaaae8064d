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

/* The channels that are open: the latest one of each client. */
static struct channel {
    char client[64];
    Handle handle;
    rtl_uint32_t riid;
} channels[256];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void close_channel(Handle handle)
{
    if (handle == INVALID_HANDLE)
        return;
    Retcode rc = KnHandleClose(handle);
    if (rc != rcOk)
        unexpected("KnHandleClose", rc);
}

/* Puts a channel in the place of the one that the client had, which is returned. */
static Handle keep(const char *client, Handle handle, rtl_uint32_t riid)
{
    struct channel *place = channels;
    while (place < channels + 255 && place->client[0] && strcmp(place->client, client) != 0)
        place++;
    snprintf(place->client, sizeof place->client, "%s", client);
    Handle old = place->handle;
    place->handle = handle;
    place->riid = riid;
    return old;
}

/* Accepts a request. The client may be quick, and leave before the handle is here: the lock keeps
 * that until it is. */
static void accept_client(const char *client, const char *service, rtl_uint32_t riid, Handle listener)
{
    Handle handle, old = INVALID_HANDLE;
    pthread_mutex_lock(&lock);
    Retcode rc = KnCmAccept(client, service, riid, listener, &handle);
    if (rc == rcOk)
        old = keep(client, handle, riid);
    pthread_mutex_unlock(&lock);
    /* The client may have ended since. */
    if (rc != rcOk && rc != rcResourceNotFound)
        unexpected("KnCmAccept", rc);
    close_channel(old);
}

/* Closes the channel with an endpoint ID, if it is not closed already. */
static void forget(rtl_uint32_t riid)
{
    Handle old = INVALID_HANDLE;
    pthread_mutex_lock(&lock);
    for (struct channel *place = channels; place < channels + 256; place++) {
        if (place->handle != INVALID_HANDLE && place->riid == riid) {
            old = place->handle;
            place->handle = INVALID_HANDLE;
        }
    }
    pthread_mutex_unlock(&lock);
    close_channel(old);
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
        if (rc == rcBufferTooSmall)
            continue; /* its client is told so */
        if (rc != rcOk)
            unexpected("Recv", rc);
        rc = Reply(listener, &request);
        if (rc != rcOk && rc != rcNotConnected)
            unexpected("Reply", rc);
        /* Nothing else tells a server which of its clients leaves. */
        if (request.method == METHOD_LEAVE)
            forget(request.riid);
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
    for (rtl_uint32_t riid = 1;; riid++) {
        char client[UCoreStringSize], service[UCoreStringSize];
        rc = KnCmListen(RTL_NULL, INFINITE_TIMEOUT, client, service);
        if (rc == rcNotConnected)
            return 0; /* the broker ended */
        if (rc != rcOk)
            unexpected("KnCmListen", rc);
        accept_client(client, service, riid, listener);
    }
}
