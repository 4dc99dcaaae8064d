/** @file
 * The calling thread.
 */
#ifndef CORESRV_THREAD_THREAD_API_H
#define CORESRV_THREAD_THREAD_API_H

/* Public programs call KnGetMSecSinceStart with this header alone. */
#include <coresrv/time/time_api.h>
#include <kosbroker/timeout.h>
#include <rtl/retcode.h>
#include <rtl/stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Lets the calling thread sleep. Signals do not cut it short.
 *
 * @param msecs how many milliseconds; INFINITE_TIMEOUT never ends.
 * @return rcOk.
 */
Retcode KnSleep(rtl_uint32_t msecs);

#ifdef __cplusplus
}
#endif

#endif
