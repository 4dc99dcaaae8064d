/** @file
 * The handles of the channels that the init description makes.
 *
 * Documented for KasperskyOS Community Edition up to 1.3; in 1.4 these functions have other names.
 */
#ifndef CORESRV_SL_SL_API_H
#define CORESRV_SL_SL_API_H

#include <handle/handletype.h>
#include <nk/types.h>
#include <rtl/stddef.h>
#include <rtl/stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The type of ServiceLocatorRegister's last, obsolete parameter. */
typedef rtl_uint32_t ServiceId;

/**
 * Gets the client IPC handle of a static channel. The same handle comes at each call; once it is
 * closed, it cannot be had again.
 *
 * @param channelName the channel's name: its `id` in the init description.
 * @return the handle, or INVALID_HANDLE where the caller has no such channel.
 */
Handle ServiceLocatorConnect(const char *channelName);

/**
 * Gets the listener handle of the static channels with a name that lead to the calling process,
 * one or many. The same handle comes at each call; once it is closed, it cannot be had again.
 *
 * @param channelName the channels' name: their `id` in the init description.
 * @param endpoints obsolete, must be RTL_NULL.
 * @param endpointsSize obsolete, must be 0.
 * @param id obsolete; becomes 0 unless it is RTL_NULL.
 * @return the handle, or INVALID_HANDLE where no such channel leads to the caller.
 */
Handle ServiceLocatorRegister(const char *channelName, const void *endpoints,
                              rtl_size_t endpointsSize, ServiceId *id);

/**
 * Documented as telling the endpoint ID (RIID) of a static channel's endpoint. The broker does not
 * know it, since it reads no formal specifications of the programs that it runs.
 *
 * @param channel the client IPC handle.
 * @param endpoint the qualified name of the endpoint.
 * @return INVALID_RIID. Use the numbers that server and client agree on: a static channel carries
 *     requests for all endpoints.
 */
nk_iid_t ServiceLocatorGetRiid(Handle channel, const char *endpoint);

#ifdef __cplusplus
}
#endif

#endif
