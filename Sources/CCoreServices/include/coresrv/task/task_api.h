/** @file
 * The calling process.
 */
#ifndef CORESRV_TASK_TASK_API_H
#define CORESRV_TASK_TASK_API_H

#include <rtl/retcode.h>
#include <rtl/stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Tells the name of the calling process, which is what others connect to.
 *
 * @param buf where the name goes.
 * @param size how many bytes `buf` has room for, the terminating zero included; UCoreStringSize is
 *     always enough.
 * @return rcOk, rcBufferTooSmall (nothing is written then), rcInvalidArgument for a null pointer,
 *     rcNotConnected where the process was not started by the broker (codes are our choice).
 */
Retcode KnTaskGetName(char *buf, rtl_size_t size);

#ifdef __cplusplus
}
#endif

#endif
