/* What programs do with the public headers; compiled by check-headers behind all of them. */

#include <stdio.h>

int check_headers_switch(Retcode rc);
int check_headers_calls(void);

int check_headers_switch(Retcode rc)
{
    switch (rc) {
    case rcOk: return 0;
    case rcTimeout: return 1;
    case rcSecurityDisallow: return 2;
    default: break;
    }
    if (rc == rcResourceNotFound || rc != rcFail)
        return 3;
    return printf(RETCODE_HR_FMT "\n", RETCODE_HR_PARAMS(rc));
}

int check_headers_calls(void)
{
    char client[kl_core_Types_UCoreStringSize];
    char service[UCoreStringSize];
    NsHandle ns = NS_INVALID_HANDLE;
    Handle handle = INVALID_HANDLE;
    rtl_uint32_t rsid = INVALID_RIID;
    ServiceId id;
    SMsgHdr message = {rsid, 0, RTL_NULL, 0, NK_NULL, 0};
    Retcode rc = NsCreate(NS_SERVER_NAME, INFINITE_TIMEOUT, &ns);
    if (rc == rcOk)
        rc = NsEnumServices(ns, "a.IA", 0, client, sizeof client, service, sizeof service);
    if (rc == rcOk)
        rc = KnCmConnect(client, service, INFINITE_TIMEOUT, &handle, &rsid);
    if (rc == rcOk && rsid != INVALID_RIID && rsid <= NK_IID_MAX)
        rc = Call(handle, &message, &message);
    if (ServiceLocatorRegister("channel", NULL, 0, &id) == INVALID_HANDLE)
        rc = KnSleep(rtl_min(10u, rtl_max(1u, 2u)));
    return check_headers_switch(rc);
}
