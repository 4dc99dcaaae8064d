/** @file
 * Handles: closing them, and making listener handles.
 *
 * That the functions exist and what they are for is documented; their codes are our choice. Of
 * KnHandleConnect the parameters follow public programs, of KnHandleConnectEx and
 * KnHandleCreateListener they are our assumption.
 */
#ifndef CORESRV_HANDLE_HANDLE_API_H
#define CORESRV_HANDLE_HANDLE_API_H

#include <handle/handletype.h>
#include <rtl/retcode.h>
#include <rtl/stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Closes a handle: this side of a channel, a listener, or a connection to a name server (an
 * NsHandle). A channel is deleted when both sides have closed it. The value never comes back.
 *
 * Threads that are in Call on the handle return rcNotConnected; those in Recv do so when the last
 * handle of their listener is closed. A closed static channel is gone for good (documented).
 *
 * @return rcOk, or rcInvalidArgument if the caller has no such handle.
 */
Retcode KnHandleClose(Handle handle);

/**
 * Makes a listener handle that has no channel yet, for KnCmAccept and Recv.
 *
 * @param listener where the listener handle goes.
 * @return rcOk, rcInvalidArgument for a null pointer, rcQuotaExceeded at a limit of the broker.
 */
Retcode KnHandleCreateListener(Handle *listener);

/**
 * Documented as making a channel inside the calling process. Not offered: only KnCmAccept and the
 * init description make channels, so that the policy decides each.
 *
 * @param listener a listener handle, or INVALID_HANDLE to create one.
 * @param outListener where the listener handle would go.
 * @param outServer where the server IPC handle would go.
 * @param outClient where the client IPC handle would go.
 * @return rcUnimplemented; the three handles become INVALID_HANDLE.
 */
Retcode KnHandleConnect(Handle listener, Handle *outListener, Handle *outServer,
                        Handle *outClient);

/**
 * Like KnHandleConnect, between two processes. Not offered for the same reason.
 *
 * @param server the handle of the server's process.
 * @param listener a listener handle of the server, or INVALID_HANDLE to create one.
 * @param client the handle of the client's process.
 * @param outListener where the listener handle would go.
 * @param outServer where the server IPC handle would go.
 * @param outClient where the client IPC handle would go.
 * @return rcUnimplemented; the three handles become INVALID_HANDLE.
 */
Retcode KnHandleConnectEx(Handle server, Handle listener, Handle client, Handle *outListener,
                          Handle *outServer, Handle *outClient);

#ifdef __cplusplus
}
#endif

#endif
