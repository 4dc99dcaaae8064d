/** @file
 * Time.
 */
#ifndef CORESRV_TIME_TIME_API_H
#define CORESRV_TIME_TIME_API_H

#include <rtl/stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Tells how many milliseconds have passed since the system started. Never goes back.
 */
rtl_size_t KnGetMSecSinceStart(void);

#ifdef __cplusplus
}
#endif

#endif
