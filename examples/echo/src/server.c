/* Publishes echo.main and serves every client that connects, all over one listener. Leaves when
 * nobody has connected for a while. */

#include <coresrv/cm/cm_api.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/ns/ns_api.h>
#include <coresrv/syscalls.h>
#include <rtl/retcode_hr.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "echo.h"

#define NAME_SERVER_TIMEOUT_MS 5000
#define IDLE_TIMEOUT_MS 2000

static Handle listener = INVALID_HANDLE;

static void fail(const char *what, Retcode rc)
{
    fprintf(stderr, "%s: " RETCODE_HR_FMT "\n", what, RETCODE_HR_PARAMS(rc));
    exit(EXIT_FAILURE);
}

/* Receives requests over all channels of the listener, and sends each back. */
static void *serve(void *unused)
{
    EchoMessage message;
    char text[ECHO_TEXT_SIZE];
    Retcode rc = rcOk;
    /* When the last client has left or one sends too much, others may still come. */
    while (rc == rcOk || rc == rcNotConnected || rc == rcBufferTooSmall) {
        SMsgHdr header = {0, 0, &message, sizeof message, text, sizeof text};
        rc = Recv(listener, &header);
        if (rc != rcOk)
            continue;
        printf("request %u: %.*s\n", (unsigned) message.number, (int) header.arenaSize, text);
        rc = Reply(listener, &header);
    }
    fail("Recv or Reply", rc);
    return unused;
}

/* Accepts whoever asks for echo.main, until nobody has asked for a while. */
static void accept_clients(void)
{
    char client[UCoreStringSize];
    char service[UCoreStringSize];
    for (;;) {
        Retcode rc = KnCmListen(RTL_NULL, IDLE_TIMEOUT_MS, client, service);
        if (rc == rcTimeout)
            return;
        if (rc != rcOk)
            fail("KnCmListen", rc);
        printf("%s asks for %s\n", client, service);

        Handle channel = INVALID_HANDLE;
        rc = KnCmAccept(client, service, ECHO_RIID, listener, &channel);
        if (rc != rcOk) {
            /* Denied, or the client has gone. Without a drop the request would come again. */
            printf("dropped %s: " RETCODE_HR_FMT "\n", client, RETCODE_HR_PARAMS(rc));
            KnCmDrop(client, service);
        }
    }
}

int main(void)
{
    NsHandle ns = NS_INVALID_HANDLE;
    Retcode rc = NsCreate(RTL_NULL, NAME_SERVER_TIMEOUT_MS, &ns);
    if (rc != rcOk)
        fail("NsCreate", rc);
    rc = KnHandleCreateListener(&listener);
    if (rc != rcOk)
        fail("KnHandleCreateListener", rc);
    rc = NsPublishService(ns, ECHO_INTERFACE, RTL_NULL, ECHO_ENDPOINT);
    if (rc != rcOk)
        fail("NsPublishService", rc);
    printf("published %s\n", ECHO_ENDPOINT);

    pthread_t thread;
    if (pthread_create(&thread, NULL, serve, NULL) != 0)
        return EXIT_FAILURE;
    accept_clients();

    printf("nobody has connected for %d ms\n", IDLE_TIMEOUT_MS);
    rc = NsUnPublishService(ns, ECHO_INTERFACE, RTL_NULL, ECHO_ENDPOINT);
    if (rc != rcOk)
        fail("NsUnPublishService", rc);
    return EXIT_SUCCESS; /* The end of a process closes what it holds, and ends its threads. */
}
