/** @file
 * The channel manager: a client asks for an IPC channel, the server accepts or drops the request.
 *
 * The functions and their parameters are documented; all codes but rcOk are our choice. Each call
 * is a security event that the policy decides (rcSecurityDisallow). Names have 1 to 1023 bytes of
 * UTF-8 without control characters.
 *
 * Common codes: rcInvalidArgument for a null or malformed argument, rcQuotaExceeded at a limit of
 * the broker, rcNotConnected if the broker ended.
 */
#ifndef CORESRV_CM_CM_API_H
#define CORESRV_CM_CM_API_H

#include <handle/handletype.h>
#include <kl/core/Types.idl.h>
#include <kosbroker/timeout.h>
#include <rtl/retcode.h>
#include <rtl/stddef.h>
#include <rtl/stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Asks a server for a channel to one of its endpoints, and waits for the answer. Whether the
 * endpoint is published does not matter.
 *
 * @param server the server's process.
 * @param service the qualified name of the endpoint.
 * @param msecs the most milliseconds to wait, or INFINITE_TIMEOUT; with 0 the call never succeeds.
 * @param handle where the client IPC handle goes.
 * @param rsid where the endpoint ID (RIID) goes that the server gave.
 * @return rcOk, rcAbort if the server dropped the request, rcTimeout, rcResourceNotFound if there
 *     is no such process, rcNotConnected if it ended, or a common code.
 */
Retcode KnCmConnect(const char *server, const char *service, rtl_uint32_t msecs, Handle *handle,
                    rtl_uint32_t *rsid);

/**
 * Tells the first request for a channel to the calling process, and moves it to the end of the
 * queue without removing it; waits while there is none.
 *
 * @param filter must be RTL_NULL; another value is ignored, which the audit log notes, or, where
 *     the broker is strict, refused with rcInvalidArgument.
 * @param msecs the most milliseconds to wait, or INFINITE_TIMEOUT.
 * @param client where the name of the client's process goes: UCoreStringSize bytes.
 * @param service where the qualified name of the endpoint goes: UCoreStringSize bytes.
 * @return rcOk, rcTimeout, or a common code.
 */
Retcode KnCmListen(const char *filter, rtl_uint32_t msecs, char *client, char *service);

/**
 * Refuses the oldest request of a client for an endpoint, and removes it.
 *
 * @param client the client's process.
 * @param service the qualified name of the endpoint.
 * @return rcOk, rcResourceNotFound if there is no such request, or a common code.
 */
Retcode KnCmDrop(const char *client, const char *service);

/**
 * Accepts the oldest request of a client for an endpoint, and removes it.
 *
 * @param client the client's process.
 * @param service the qualified name of the endpoint.
 * @param rsid the endpoint ID (RIID), which the client is told; requests over the channel for
 *     another one are refused.
 * @param listener the listener handle over which the channel's requests are received as well, or
 *     INVALID_HANDLE to create one.
 * @param handle where the server IPC handle goes; with INVALID_HANDLE it is the listener handle.
 * @return rcOk, rcResourceNotFound if there is no such request, rcInvalidOperation if `listener` is
 *     no listener handle, or a common code.
 */
Retcode KnCmAccept(const char *client, const char *service, rtl_uint32_t rsid, Handle listener,
                   Handle *handle);

#ifdef __cplusplus
}
#endif

#endif
