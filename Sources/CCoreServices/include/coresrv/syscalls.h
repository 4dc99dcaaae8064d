/** @file
 * IPC messages over a channel: a client calls, a server receives and replies.
 *
 * The functions and their parameters are documented. Messages go from process to process and past
 * the broker, whose policy decides the creation of channels, not each message; a server refuses
 * requests for another endpoint than it accepted the channel for (rcSecurityDisallow).
 *
 * Common codes: rcInvalidArgument for a null header, a null buffer with a size, an unknown handle;
 * rcInvalidOperation for a handle of the wrong kind; rcBufferTooLarge for a message of more than
 * 64 KiB, of which nothing is sent; rcNotConnected where the other side is gone.
 */
#ifndef CORESRV_SYSCALLS_H
#define CORESRV_SYSCALLS_H

#include <handle/handletype.h>
#include <ipc/if_rend.h>
#include <kosbroker/timeout.h>
#include <rtl/retcode.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Sends a request and waits for its reply. Several threads may call over one handle.
 *
 * @param handle the client IPC handle.
 * @param msgOut the request.
 * @param msgIn the buffers for the reply; its sizes become those of what came.
 * @return rcOk; rcBufferTooSmall if the request is larger than the server's buffers or the reply
 *     larger than msgIn's, in which case the request was sent; rcSecurityDisallow if the channel is
 *     not for this endpoint; rcFail if the server received the next request without replying to
 *     this one; or a common code.
 */
Retcode Call(Handle handle, const SMsgHdr *msgOut, SMsgHdr *msgIn);

/**
 * Like Call, but waits at most `mdelay` milliseconds (rcTimeout). A reply that comes later is
 * thrown away.
 *
 * @param syncHandle documented as a way to interrupt the call; there are no such handles here, and
 *     the value is ignored. Pass INVALID_HANDLE.
 */
Retcode CallEx(Handle handle, const SMsgHdr *msgOut, SMsgHdr *msgIn, rtl_uint32_t mdelay,
               Handle syncHandle);

/**
 * Waits for a request. Several threads may receive over one handle; each request goes to one.
 *
 * A thread replies to what it received before it receives again over the same handle: otherwise the
 * client of the earlier request is told rcFail.
 *
 * @param handle a server IPC handle or a listener handle; a request over any channel of the same
 *     listener is received.
 * @param msgIn the buffers for the request; riid, method and the sizes become those of what came.
 * @return rcOk; rcBufferTooSmall if the request is larger than the buffers, of which its client is
 *     told; rcNotConnected, once, when the last channel ended; or a common code.
 */
Retcode Recv(Handle handle, SMsgHdr *msgIn);

/**
 * Like Recv, but waits at most `mdelay` milliseconds (rcTimeout).
 *
 * @param syncHandle as for CallEx.
 */
Retcode RecvEx(Handle handle, SMsgHdr *msgIn, rtl_uint32_t mdelay, Handle syncHandle);

/**
 * Sends the reply to the request that this thread received last over the handle.
 *
 * Does not wait until the client has the reply (our choice; documented is that the thread waits).
 * The channel of a client that takes none for half a second while its socket is full ends.
 *
 * @param handle the handle that was given to Recv.
 * @param msgOut the reply.
 * @return rcOk; rcInvalidOperation if there is no request to reply to; or a common code.
 */
Retcode Reply(Handle handle, const SMsgHdr *msgOut);

#ifdef __cplusplus
}
#endif

#endif
