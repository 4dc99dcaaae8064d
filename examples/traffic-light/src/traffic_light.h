/* What the processes of this solution agree on. KasperskyOS's tools generate such constants and
 * structures from formal specifications. */
#ifndef TRAFFIC_LIGHT_H
#define TRAFFIC_LIGHT_H

#include <rtl/retcode.h>
#include <rtl/stdint.h>

#define NAME_SERVER_TIMEOUT_MS 5000
#define CONNECT_TIMEOUT_MS 5000
/* How long a signal waits for the control process before it leaves. */
#define CLIENT_TIMEOUT_MS 10000

/* What each signal provides: its mode can be set. */
#define MODE_INTERFACE "tl.IMode"
#define MODE_ENDPOINT "signal.mode"
#define MODE_RIID 1
#define MODE_METHOD_SET 0

enum { MODE_RED, MODE_GREEN };

typedef struct SetModeRequest {
    rtl_uint32_t mode;
} SetModeRequest;

/* What the control process provides: its status can be read. */
#define STATUS_INTERFACE "tl.IStatus"
#define STATUS_ENDPOINT "control.status"
#define STATUS_RIID 1
#define STATUS_METHOD_GET 0

typedef struct Status {
    rtl_uint32_t phase;
    rtl_uint32_t north;
    rtl_uint32_t east;
} Status;

/* The static channel from the control process to telemetry, which is told each new status. */
#define TELEMETRY_CHANNEL "telemetry"
#define TELEMETRY_RIID 0
#define TELEMETRY_METHOD_REPORT 0

/* Prints what failed and why, and ends the process. */
void fail(const char *what, Retcode rc);
/* The colour of a mode. */
const char *colour(rtl_uint32_t mode);

#endif
