/* A signal: the control process sets its mode. Both signals are this program. */

#include <coresrv/cm/cm_api.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/ns/ns_api.h>
#include <coresrv/syscalls.h>

#include <stdio.h>
#include <stdlib.h>

#include "traffic_light.h"

/* The channel of the first client that the policy lets in; others are dropped. */
static Handle accept_client(void)
{
    char client[UCoreStringSize];
    char service[UCoreStringSize];
    for (;;) {
        Retcode rc = KnCmListen(RTL_NULL, CLIENT_TIMEOUT_MS, client, service);
        if (rc != rcOk)
            fail("KnCmListen", rc);
        Handle channel = INVALID_HANDLE;
        rc = KnCmAccept(client, service, MODE_RIID, INVALID_HANDLE, &channel);
        if (rc == rcOk) {
            printf("obeys %s\n", client);
            return channel;
        }
        KnCmDrop(client, service);
    }
}

int main(void)
{
    NsHandle ns = NS_INVALID_HANDLE;
    Retcode rc = NsCreate(RTL_NULL, NAME_SERVER_TIMEOUT_MS, &ns);
    if (rc != rcOk)
        fail("NsCreate", rc);
    rc = NsPublishService(ns, MODE_INTERFACE, RTL_NULL, MODE_ENDPOINT);
    if (rc != rcOk)
        fail("NsPublishService", rc);

    Handle channel = accept_client();
    for (;;) {
        SetModeRequest request;
        SMsgHdr in = {0, 0, &request, sizeof request, RTL_NULL, 0};
        rc = Recv(channel, &in);
        if (rc == rcNotConnected)
            break; /* The control process has closed the channel. */
        if (rc != rcOk)
            fail("Recv", rc);
        printf("%s\n", colour(request.mode));
        SMsgHdr out = {0, 0, RTL_NULL, 0, RTL_NULL, 0};
        rc = Reply(channel, &out);
        if (rc != rcOk && rc != rcNotConnected)
            fail("Reply", rc);
    }
    KnHandleClose(channel);
    NsUnPublishService(ns, MODE_INTERFACE, RTL_NULL, MODE_ENDPOINT);
    return EXIT_SUCCESS;
}
