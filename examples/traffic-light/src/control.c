/* Sets both signals so that never both are green, tells telemetry over a static channel, and lets
 * diagnostics read the status. */

#include <coresrv/cm/cm_api.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/ns/ns_api.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/syscalls.h>
#include <coresrv/thread/thread_api.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traffic_light.h"

#define SIGNALS 2
#define PHASES 6
#define PHASE_MS 250
/* How long somebody may take to ask for the status. */
#define STATUS_TIMEOUT_MS 3000
#define RETRY_MS 50
#define RETRIES 100

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Status status;

/* A channel to a signal, and the RIID of its mode. */
typedef struct Signal {
    char name[UCoreStringSize];
    Handle channel;
    rtl_uint32_t riid;
} Signal;

/* Waits until the signal number `index` has published its mode, and connects to it. */
static void connect_signal(NsHandle ns, unsigned index, Signal *signal)
{
    char service[UCoreStringSize];
    Retcode rc = rcResourceNotFound;
    for (int attempt = 0; attempt < RETRIES && rc == rcResourceNotFound; attempt++) {
        rc = NsEnumServices(ns, MODE_INTERFACE, index, signal->name, sizeof signal->name, service,
                            sizeof service);
        if (rc == rcResourceNotFound)
            KnSleep(RETRY_MS);
    }
    if (rc != rcOk)
        fail("NsEnumServices", rc);
    rc = KnCmConnect(signal->name, service, CONNECT_TIMEOUT_MS, &signal->channel, &signal->riid);
    if (rc != rcOk)
        fail("KnCmConnect", rc);
}

static void set_mode(const Signal *signal, rtl_uint32_t mode)
{
    SetModeRequest request = {mode};
    SMsgHdr out = {signal->riid, MODE_METHOD_SET, &request, sizeof request, RTL_NULL, 0};
    SMsgHdr in = {0, 0, RTL_NULL, 0, RTL_NULL, 0};
    Retcode rc = Call(signal->channel, &out, &in);
    if (rc != rcOk)
        fail("Call of a signal", rc);
}

/* Where the name server lists the signals does not matter: North is the one that is called so. */
static void enter_phase(const Signal *signals, rtl_uint32_t phase, Handle telemetry)
{
    Status next = {phase, phase % 2 ? MODE_GREEN : MODE_RED, phase % 2 ? MODE_RED : MODE_GREEN};
    for (int index = 0; index < SIGNALS; index++)
        set_mode(&signals[index], MODE_RED);
    for (int index = 0; index < SIGNALS; index++)
        set_mode(&signals[index], strstr(signals[index].name, "North") ? next.north : next.east);
    pthread_mutex_lock(&lock);
    status = next;
    pthread_mutex_unlock(&lock);

    SMsgHdr out = {TELEMETRY_RIID, TELEMETRY_METHOD_REPORT, &next, sizeof next, RTL_NULL, 0};
    SMsgHdr in = {0, 0, RTL_NULL, 0, RTL_NULL, 0};
    Retcode rc = Call(telemetry, &out, &in);
    if (rc != rcOk)
        fail("Call of telemetry", rc);
}

/* Serves one client of control.status until it has closed its channel. */
static void *serve_status(void *unused)
{
    char client[UCoreStringSize];
    char service[UCoreStringSize];
    Retcode rc = KnCmListen(RTL_NULL, STATUS_TIMEOUT_MS, client, service);
    if (rc == rcTimeout) {
        printf("nobody asks for the status\n");
        return unused;
    }
    Handle channel = INVALID_HANDLE;
    if (rc == rcOk)
        rc = KnCmAccept(client, service, STATUS_RIID, INVALID_HANDLE, &channel);
    while (rc == rcOk) {
        SMsgHdr in = {0, 0, RTL_NULL, 0, RTL_NULL, 0};
        rc = Recv(channel, &in);
        if (rc != rcOk)
            break;
        pthread_mutex_lock(&lock);
        Status reply = status;
        pthread_mutex_unlock(&lock);
        SMsgHdr out = {0, 0, &reply, sizeof reply, RTL_NULL, 0};
        rc = Reply(channel, &out);
    }
    if (rc != rcNotConnected)
        fail("the status could not be served", rc);
    KnHandleClose(channel);
    return unused;
}

int main(void)
{
    Handle telemetry = ServiceLocatorConnect(TELEMETRY_CHANNEL);
    if (telemetry == INVALID_HANDLE)
        fail("ServiceLocatorConnect", rcResourceNotFound);
    NsHandle ns = NS_INVALID_HANDLE;
    Retcode rc = NsCreate(RTL_NULL, NAME_SERVER_TIMEOUT_MS, &ns);
    if (rc != rcOk)
        fail("NsCreate", rc);

    Signal signals[SIGNALS];
    for (unsigned index = 0; index < SIGNALS; index++)
        connect_signal(ns, index, &signals[index]);
    printf("connected to %d signals\n", SIGNALS);
    rc = NsPublishService(ns, STATUS_INTERFACE, RTL_NULL, STATUS_ENDPOINT);
    if (rc != rcOk)
        fail("NsPublishService", rc);
    pthread_t thread;
    if (pthread_create(&thread, NULL, serve_status, NULL) != 0)
        return EXIT_FAILURE;

    for (rtl_uint32_t phase = 1; phase <= PHASES; phase++) {
        enter_phase(signals, phase, telemetry);
        KnSleep(PHASE_MS);
    }
    pthread_join(thread, NULL);
    for (int index = 0; index < SIGNALS; index++)
        KnHandleClose(signals[index].channel);
    KnHandleClose(telemetry);
    return EXIT_SUCCESS;
}
