/* Tries what the client does. The policy denies it all, which is a success here. */

#include <coresrv/cm/cm_api.h>
#include <coresrv/ns/ns_api.h>
#include <coresrv/task/task_api.h>
#include <nk/types.h>
#include <rtl/retcode_hr.h>

#include <stdio.h>
#include <stdlib.h>

#include "echo.h"

#define TIMEOUT_MS 1000

static int denied(const char *what, Retcode rc)
{
    printf("%s: " RETCODE_HR_FMT "\n", what, RETCODE_HR_PARAMS(rc));
    return rc == rcSecurityDisallow;
}

int main(void)
{
    char name[UCoreStringSize];
    if (KnTaskGetName(name, sizeof name) == rcOk)
        printf("this is %s\n", name);

    NsHandle ns = NS_INVALID_HANDLE;
    int all = denied("NsCreate", NsCreate(RTL_NULL, TIMEOUT_MS, &ns));

    /* The names are known without a name server too. */
    Handle channel = INVALID_HANDLE;
    rtl_uint32_t riid = INVALID_RIID;
    all &= denied("KnCmConnect",
                  KnCmConnect(ECHO_SERVER, ECHO_ENDPOINT, TIMEOUT_MS, &channel, &riid));
    return all ? EXIT_SUCCESS : EXIT_FAILURE;
}
