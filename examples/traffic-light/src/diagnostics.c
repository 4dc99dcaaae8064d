/* Reads the status of the control process a few times, and finds that it may not reach a signal. */

#include <coresrv/cm/cm_api.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/ns/ns_api.h>
#include <coresrv/syscalls.h>
#include <coresrv/thread/thread_api.h>
#include <rtl/retcode_hr.h>

#include <stdio.h>
#include <stdlib.h>

#include "traffic_light.h"

#define READINGS 3
#define READING_MS 300
#define RETRY_MS 50
#define RETRIES 100

/* Finds who publishes a status; waits until somebody does. */
static void find_status(char *server, rtl_size_t serverSize, char *service, rtl_size_t serviceSize)
{
    NsHandle ns = NS_INVALID_HANDLE;
    Retcode rc = NsCreate(RTL_NULL, NAME_SERVER_TIMEOUT_MS, &ns);
    if (rc != rcOk)
        fail("NsCreate", rc);
    for (int attempt = 0; attempt < RETRIES; attempt++) {
        rc = NsEnumServices(ns, STATUS_INTERFACE, 0, server, serverSize, service, serviceSize);
        if (rc != rcResourceNotFound)
            break;
        KnSleep(RETRY_MS);
    }
    if (rc != rcOk)
        fail("NsEnumServices", rc);
}

static void read_status(Handle channel, nk_iid_t riid)
{
    Status status;
    SMsgHdr out = {riid, STATUS_METHOD_GET, RTL_NULL, 0, RTL_NULL, 0};
    SMsgHdr in = {0, 0, &status, sizeof status, RTL_NULL, 0};
    Retcode rc = Call(channel, &out, &in);
    if (rc != rcOk)
        fail("Call", rc);
    /* Never both are green, whichever phase it is. */
    int safe = status.north == MODE_RED || status.east == MODE_RED;
    printf("the junction is %s\n", safe ? "safe" : "not safe");
}

int main(void)
{
    char server[UCoreStringSize];
    char service[UCoreStringSize];
    find_status(server, sizeof server, service, sizeof service);

    Handle channel = INVALID_HANDLE;
    rtl_uint32_t riid = INVALID_RIID;
    Retcode rc = KnCmConnect(server, service, CONNECT_TIMEOUT_MS, &channel, &riid);
    if (rc != rcOk)
        fail("KnCmConnect", rc);
    printf("connected to %s\n", server);
    for (int reading = 0; reading < READINGS; reading++) {
        read_status(channel, riid);
        KnSleep(READING_MS);
    }
    KnHandleClose(channel);

    Handle signal = INVALID_HANDLE;
    rc = KnCmConnect("SignalNorth", MODE_ENDPOINT, CONNECT_TIMEOUT_MS, &signal, &riid);
    printf("SignalNorth: " RETCODE_HR_FMT "\n", RETCODE_HR_PARAMS(rc));
    return rc == rcSecurityDisallow ? EXIT_SUCCESS : EXIT_FAILURE;
}
