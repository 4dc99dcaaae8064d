/* A program outside every solution: each function is there, and says that there is no broker.
 * check-library puts `#include`s of all headers and a list of all functions before it. */

#include <stdio.h>
#include <string.h>

static int check(const char *what, Retcode rc, Retcode expected)
{
    if (rc == expected)
        return 0;
    printf("%s: " RETCODE_HR_FMT "\n", what, RETCODE_HR_PARAMS(rc));
    return 1;
}

int main(void)
{
    char client[UCoreStringSize];
    char service[UCoreStringSize];
    NsHandle ns = NS_INVALID_HANDLE;
    Handle handle = INVALID_HANDLE;
    rtl_uint32_t rsid = 0;
    int failures = 0;
    rtl_size_t start = KnGetMSecSinceStart();

    failures += check("NsCreate", NsCreate(RTL_NULL, 0, &ns), rcNotConnected);
    failures += check("KnCmConnect", KnCmConnect("s", "e", 0, &handle, &rsid), rcNotConnected);
    failures += check("KnCmListen", KnCmListen(RTL_NULL, 0, client, service), rcNotConnected);
    failures += check("KnTaskGetName", KnTaskGetName(client, sizeof client), rcNotConnected);
    failures += ServiceLocatorConnect("channel") != INVALID_HANDLE;
    failures += check("KnSleep", KnSleep(20), rcOk);
    failures += KnGetMSecSinceStart() - start < 20;
    for (size_t index = 0; index < sizeof functions / sizeof functions[0]; index++)
        failures += functions[index] == NULL;

    snprintf(client, sizeof client, RETCODE_HR_FMT, RETCODE_HR_PARAMS(rcTimeout));
    failures += strcmp(client, "Retcode 0x90000014: Space General, Facility 0, "
                               "Error code 20 (Timeout)") != 0;
    printf("%s\n", failures == 0 ? "fine" : "not fine");
    return failures != 0;
}
