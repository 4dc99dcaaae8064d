/* Prints what the control process reports over a static channel. Has no business with the name
 * server, and finds that the policy sees it so. */

#include <coresrv/handle/handle_api.h>
#include <coresrv/ns/ns_api.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/syscalls.h>
#include <rtl/retcode_hr.h>

#include <stdio.h>
#include <stdlib.h>

#include "traffic_light.h"

int main(void)
{
    Handle listener = ServiceLocatorRegister(TELEMETRY_CHANNEL, RTL_NULL, 0, RTL_NULL);
    if (listener == INVALID_HANDLE)
        fail("ServiceLocatorRegister", rcResourceNotFound);
    NsHandle ns = NS_INVALID_HANDLE;
    Retcode rc = NsCreate(RTL_NULL, NAME_SERVER_TIMEOUT_MS, &ns);
    printf("NsCreate: " RETCODE_HR_FMT "\n", RETCODE_HR_PARAMS(rc));

    for (;;) {
        Status status;
        SMsgHdr in = {0, 0, &status, sizeof status, RTL_NULL, 0};
        rc = Recv(listener, &in);
        if (rc == rcNotConnected)
            break; /* The control process has closed the channel. */
        if (rc != rcOk)
            fail("Recv", rc);
        printf("phase %u: north %s, east %s\n", (unsigned) status.phase, colour(status.north),
               colour(status.east));
        SMsgHdr out = {0, 0, RTL_NULL, 0, RTL_NULL, 0};
        rc = Reply(listener, &out);
        if (rc != rcOk && rc != rcNotConnected)
            fail("Reply", rc);
    }
    KnHandleClose(listener);
    return EXIT_SUCCESS;
}
