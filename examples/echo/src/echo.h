/* What the processes of this solution agree on. KasperskyOS's tools generate such constants and
 * structures from formal specifications. */
#ifndef ECHO_H
#define ECHO_H

#include <rtl/stdint.h>

#define ECHO_INTERFACE "echo.IEcho"
#define ECHO_SERVER "echo.Server"
#define ECHO_ENDPOINT "echo.main"

/* The endpoint ID (RIID) of echo.main, and the ID of the only method of echo.IEcho. */
#define ECHO_RIID 7
#define ECHO_METHOD_ECHO 0

/* The constant part of a request and of its reply; the text is in the arena. */
typedef struct EchoMessage {
    rtl_uint32_t number;
} EchoMessage;

#define ECHO_TEXT_SIZE 256

#endif
