/* Finds a server of echo.IEcho, connects to it and calls it a few times. */

#include <coresrv/cm/cm_api.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/ns/ns_api.h>
#include <coresrv/syscalls.h>
#include <coresrv/thread/thread_api.h>
#include <rtl/retcode_hr.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "echo.h"

#define NAME_SERVER_TIMEOUT_MS 5000
#define CONNECT_TIMEOUT_MS 5000
#define RETRY_MS 50
#define RETRIES 100
#define CALLS 3

static void fail(const char *what, Retcode rc)
{
    fprintf(stderr, "%s: " RETCODE_HR_FMT "\n", what, RETCODE_HR_PARAMS(rc));
    exit(EXIT_FAILURE);
}

/* Finds the first server of the interface, and prints all that there are. The server may not have
 * published its endpoint yet: then the client looks again. */
static void find_server(NsHandle ns, char *server, char *service)
{
    char name[UCoreStringSize];
    char endpoint[UCoreStringSize];
    for (int attempt = 0; attempt < RETRIES; attempt++) {
        unsigned index = 0;
        Retcode rc;
        while ((rc = NsEnumServices(ns, ECHO_INTERFACE, index, name, sizeof name, endpoint,
                                    sizeof endpoint)) == rcOk) {
            printf("found %s of %s\n", endpoint, name);
            if (index++ == 0) {
                strcpy(server, name);
                strcpy(service, endpoint);
            }
        }
        if (rc != rcResourceNotFound)
            fail("NsEnumServices", rc);
        if (index > 0)
            return;
        KnSleep(RETRY_MS);
    }
    fail("NsEnumServices", rcTimeout);
}

static void call(Handle channel, nk_iid_t riid, rtl_uint32_t number, const char *text)
{
    EchoMessage message = {number};
    char sent[ECHO_TEXT_SIZE];
    char received[ECHO_TEXT_SIZE];
    strcpy(sent, text);
    SMsgHdr request = {riid, ECHO_METHOD_ECHO, &message, sizeof message, sent, strlen(sent)};
    SMsgHdr reply = {0, 0, &message, sizeof message, received, sizeof received};
    Retcode rc = Call(channel, &request, &reply);
    if (rc != rcOk)
        fail("Call", rc);
    printf("reply %u: %.*s\n", (unsigned) message.number, (int) reply.arenaSize, received);
}

int main(void)
{
    NsHandle ns = NS_INVALID_HANDLE;
    Retcode rc = NsCreate(RTL_NULL, NAME_SERVER_TIMEOUT_MS, &ns);
    if (rc != rcOk)
        fail("NsCreate", rc);

    char server[UCoreStringSize];
    char service[UCoreStringSize];
    find_server(ns, server, service);

    Handle channel = INVALID_HANDLE;
    rtl_uint32_t riid = INVALID_RIID;
    rc = KnCmConnect(server, service, CONNECT_TIMEOUT_MS, &channel, &riid);
    if (rc != rcOk)
        fail("KnCmConnect", rc);
    printf("connected to %s, RIID %u\n", server, (unsigned) riid);

    for (rtl_uint32_t number = 1; number <= CALLS; number++)
        call(channel, riid, number, "hello");

    rc = KnHandleClose(channel);
    if (rc != rcOk)
        fail("KnHandleClose", rc);
    return EXIT_SUCCESS;
}
