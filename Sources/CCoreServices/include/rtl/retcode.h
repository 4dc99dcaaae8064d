/** @file
 * The result of a function.
 *
 * A code is a signed number of 32 bits: 0 is success, and an error has its most significant bit set
 * and carries a space, a facility and a code (documented). The names are KasperskyOS's. Two values
 * are documented: rcOk, and rcTimeout, which is 0x90000014 (space General, facility 0, code 20).
 * All other numbers are our choice in the same layout: compare with names, never with numbers.
 *
 * The codes are macros and not an enumeration, so that they have the type Retcode in C++ too and
 * may stand in `case`.
 */
#ifndef RTL_RETCODE_H
#define RTL_RETCODE_H

#include <rtl/stdint.h>

typedef rtl_int32_t Retcode;

/** An error of the space General, facility 0. */
#define RTL_RETCODE_GENERAL(code) ((Retcode) (0x90000000u | (rtl_uint32_t) (code)))

/** Success. */
#define rcOk ((Retcode) 0)
/** An argument is null or malformed, a name too long, a handle unknown or another process's. */
#define rcInvalidArgument RTL_RETCODE_GENERAL(1)
/** The other process ended, its end of the channel is closed, or there is no broker. */
#define rcNotConnected RTL_RETCODE_GENERAL(2)
#define rcOutOfMemory RTL_RETCODE_GENERAL(3)
/** The caller's buffer is too small; nothing is cut to fit. */
#define rcBufferTooSmall RTL_RETCODE_GENERAL(4)
#define rcInternalError RTL_RETCODE_GENERAL(5)
#define rcTransferError RTL_RETCODE_GENERAL(6)
#define rcReceiveError RTL_RETCODE_GENERAL(7)
#define rcSourceFault RTL_RETCODE_GENERAL(8)
#define rcTargetFault RTL_RETCODE_GENERAL(9)
#define rcIpcInterrupt RTL_RETCODE_GENERAL(10)
#define rcRestart RTL_RETCODE_GENERAL(11)
/** The server received the request and never replied to it. */
#define rcFail RTL_RETCODE_GENERAL(12)
#define rcNoCapability RTL_RETCODE_GENERAL(13)
#define rcNotReady RTL_RETCODE_GENERAL(14)
/** An operation that the broker does not offer. */
#define rcUnimplemented RTL_RETCODE_GENERAL(15)
/** An IPC message is larger than 64 KiB. */
#define rcBufferTooLarge RTL_RETCODE_GENERAL(16)
#define rcBusy RTL_RETCODE_GENERAL(17)
/** The end of an enumeration (documented); no such process, request or published endpoint. */
#define rcResourceNotFound RTL_RETCODE_GENERAL(18)
/** The deadline passed (the number is documented). */
#define rcTimeout RTL_RETCODE_GENERAL(20)
/** The security policy denies (documented for Call). */
#define rcSecurityDisallow RTL_RETCODE_GENERAL(21)
#define rcFutexWouldBlock RTL_RETCODE_GENERAL(22)
/** The server dropped the request. */
#define rcAbort RTL_RETCODE_GENERAL(23)
#define rcInvalidThreadState RTL_RETCODE_GENERAL(24)
/** The same endpoint is published already. */
#define rcAlreadyExists RTL_RETCODE_GENERAL(25)
/** The handle is of the wrong kind. */
#define rcInvalidOperation RTL_RETCODE_GENERAL(26)
#define rcHandleRevoked RTL_RETCODE_GENERAL(27)
/** A limit of the broker. */
#define rcQuotaExceeded RTL_RETCODE_GENERAL(28)
#define rcDeviceNotFound RTL_RETCODE_GENERAL(29)

#endif
