/** @file
 * Listening ahead: kosbroker's own addition for servers with many clients. KasperskyOS has no such
 * functions; a program that is to run there too uses KnCmListen and KnCmAccept.
 *
 * Each function makes the calls that it names and no others: every one is a security event of its
 * own, decided and audited as if it had been made alone.
 */
#ifndef KOSBROKER_SERVE_H
#define KOSBROKER_SERVE_H

#include <coresrv/cm/cm_api.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Like KnCmListen, and says how many requests the queue holds.
 *
 * @param msecs the most milliseconds to wait, or INFINITE_TIMEOUT.
 * @param client where the name of the client's process goes: UCoreStringSize bytes.
 * @param service where the qualified name of the endpoint goes: UCoreStringSize bytes.
 * @param waiting where the number of requests goes, this one included; may be RTL_NULL.
 * @return as KnCmListen.
 */
Retcode KosbrokerListen(rtl_uint32_t msecs, char *client, char *service, rtl_uint32_t *waiting);

/**
 * KnCmAccept and then KosbrokerListen in one way to the broker and back. The listen is made whether
 * the accept succeeds or not.
 *
 * @param client the client's process.
 * @param service the qualified name of the endpoint.
 * @param rsid the endpoint ID (RIID).
 * @param listener a listener handle, or INVALID_HANDLE to create one.
 * @param handle where the server IPC handle goes; INVALID_HANDLE if the accept failed.
 * @param accepted where the accept's code goes, as soon as the whole call returns.
 * @param msecs the most milliseconds that the listen waits, or INFINITE_TIMEOUT.
 * @param nextClient where the next client's name goes: UCoreStringSize bytes; may be `client`.
 * @param nextService where the next endpoint's name goes: UCoreStringSize bytes; may be `service`.
 * @param waiting as for KosbrokerListen.
 * @return the listen's code.
 */
Retcode KosbrokerAcceptThenListen(const char *client, const char *service, rtl_uint32_t rsid,
                                  Handle listener, Handle *handle, Retcode *accepted,
                                  rtl_uint32_t msecs, char *nextClient, char *nextService,
                                  rtl_uint32_t *waiting);

#ifdef __cplusplus
}
#endif

#endif
