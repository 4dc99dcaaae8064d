/** @file
 * Return codes for people to read.
 *
 *     fprintf(stderr, "cannot connect: " RETCODE_HR_FMT "\n", RETCODE_HR_PARAMS(rc));
 *
 * prints `cannot connect: Retcode 0x90000014: Space General, Facility 0, Error code 20 (Timeout)`.
 */
#ifndef RTL_RETCODE_HR_H
#define RTL_RETCODE_HR_H

#include <rtl/retcode.h>

/** The format of a code, for `printf` and its kin; its arguments are RETCODE_HR_PARAMS. */
#define RETCODE_HR_FMT "Retcode 0x%08x: Space %s, Facility %u, Error code %u (%s)"

/** The arguments of RETCODE_HR_FMT. `rc` is evaluated several times. */
#define RETCODE_HR_PARAMS(rc)                                                                      \
    (unsigned) (rc), rtl_retcode_space(rc), (unsigned) (rc) >> 16 & 0xFFFu,                        \
        (unsigned) (rc) & 0xFFFFu, rtl_retcode_name(rc)

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The name of a code's space: "General", or "Unknown" for a code that is no function's here. That
 * the space takes the three bits below the most significant one, and the facility the next twelve,
 * is our choice.
 */
static inline const char *rtl_retcode_space(Retcode rc)
{
    rtl_uint32_t space = (rtl_uint32_t) rc >> 28;
    return rc == rcOk || space == 9 ? "General" : "Unknown";
}

/** The name of a code without its `rc`, or "Unknown". */
static inline const char *rtl_retcode_name(Retcode rc)
{
#define RTL_RETCODE_CASE(name)                                                                     \
    case rc##name: return #name
    switch (rc) {
        RTL_RETCODE_CASE(Ok);
        RTL_RETCODE_CASE(InvalidArgument);
        RTL_RETCODE_CASE(NotConnected);
        RTL_RETCODE_CASE(OutOfMemory);
        RTL_RETCODE_CASE(BufferTooSmall);
        RTL_RETCODE_CASE(InternalError);
        RTL_RETCODE_CASE(TransferError);
        RTL_RETCODE_CASE(ReceiveError);
        RTL_RETCODE_CASE(SourceFault);
        RTL_RETCODE_CASE(TargetFault);
        RTL_RETCODE_CASE(IpcInterrupt);
        RTL_RETCODE_CASE(Restart);
        RTL_RETCODE_CASE(Fail);
        RTL_RETCODE_CASE(NoCapability);
        RTL_RETCODE_CASE(NotReady);
        RTL_RETCODE_CASE(Unimplemented);
        RTL_RETCODE_CASE(BufferTooLarge);
        RTL_RETCODE_CASE(Busy);
        RTL_RETCODE_CASE(ResourceNotFound);
        RTL_RETCODE_CASE(Timeout);
        RTL_RETCODE_CASE(SecurityDisallow);
        RTL_RETCODE_CASE(FutexWouldBlock);
        RTL_RETCODE_CASE(Abort);
        RTL_RETCODE_CASE(InvalidThreadState);
        RTL_RETCODE_CASE(AlreadyExists);
        RTL_RETCODE_CASE(InvalidOperation);
        RTL_RETCODE_CASE(HandleRevoked);
        RTL_RETCODE_CASE(QuotaExceeded);
        RTL_RETCODE_CASE(DeviceNotFound);
        default: return "Unknown";
    }
#undef RTL_RETCODE_CASE
}

#ifdef __cplusplus
}
#endif

#endif
