/** @file
 * The name server: servers publish the endpoints that they provide, clients find them.
 *
 * The functions, their parameters and rcResourceNotFound at the end of an enumeration are
 * documented; all other codes are our choice. Each call is a security event that the policy
 * decides (rcSecurityDisallow). Names have 1 to 1023 bytes of UTF-8 without control characters.
 *
 * Common codes: rcInvalidArgument for a null or malformed argument or an unknown connection,
 * rcNotConnected if the name server or the broker ended, rcQuotaExceeded at a limit of the broker.
 */
#ifndef CORESRV_NS_NS_API_H
#define CORESRV_NS_NS_API_H

#include <kl/core/Types.idl.h>
#include <kosbroker/timeout.h>
#include <rtl/retcode.h>
#include <rtl/stddef.h>
#include <rtl/stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A connection to a name server; KnHandleClose ends it (our choice, none is documented). */
typedef rtl_uint32_t NsHandle;

/** The value that no connection has (0 is our choice). */
#define NS_INVALID_HANDLE ((NsHandle) 0)

/** The default name server's process, and the name of static channels to it. */
#define NS_SERVER_NAME "kl.core.NameServer"

/**
 * Connects to a name server: over the static channel of its name, or else by an attempt to create
 * a channel. A process may have many connections.
 *
 * @param name the name server's process, or RTL_NULL for NS_SERVER_NAME.
 * @param msecs the most milliseconds to wait, or INFINITE_TIMEOUT.
 * @param ns where the connection goes.
 * @return rcOk, rcResourceNotFound if there is no such name server, rcTimeout, or a common code.
 */
Retcode NsCreate(const char *name, rtl_uint32_t msecs, NsHandle *ns);

/**
 * Publishes an endpoint.
 *
 * @param ns the connection.
 * @param type the name of the endpoint's interface.
 * @param server the process that provides it, or RTL_NULL for the caller.
 * @param service the qualified name of the endpoint.
 * @return rcOk, rcAlreadyExists, rcResourceNotFound if there is no process `server`, or a common
 *     code.
 */
Retcode NsPublishService(NsHandle ns, const char *type, const char *server, const char *service);

/**
 * Unpublishes an endpoint, which need not be the caller's.
 *
 * @param ns the connection.
 * @param type the name of the endpoint's interface.
 * @param server the process that provides it, or RTL_NULL for the caller.
 * @param service the qualified name of the endpoint.
 * @return rcOk, rcResourceNotFound if it is not published, or a common code.
 */
Retcode NsUnPublishService(NsHandle ns, const char *type, const char *server, const char *service);

/**
 * Tells one of the published endpoints with an interface. Raise `index` from 0 until
 * rcResourceNotFound to learn them all.
 *
 * @param ns the connection.
 * @param type the name of the interface.
 * @param index which one, in order of publication.
 * @param server where the name of the process that provides it goes.
 * @param serverSize how many bytes `server` has room for, the terminating zero included.
 * @param service where the qualified name of the endpoint goes.
 * @param serviceSize how many bytes `service` has room for, the terminating zero included.
 * @return rcOk, rcResourceNotFound past the end, rcBufferTooSmall (neither name is written then),
 *     or a common code.
 */
Retcode NsEnumServices(NsHandle ns, const char *type, unsigned index, char *server,
                       rtl_size_t serverSize, char *service, rtl_size_t serviceSize);

#ifdef __cplusplus
}
#endif

#endif
