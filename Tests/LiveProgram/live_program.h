#ifndef LIVE_PROGRAM_H
#define LIVE_PROGRAM_H

#include <rtl/retcode.h>
#include <stdbool.h>

/* The endpoint of the server. Each channel has an endpoint ID of its own, which the library of the
 * server holds the client to: so the server knows whose request it has. */
#define INTERFACE "live.IEcho"
#define ENDPOINT "live.echo"
#define METHOD_ECHO 1
/* The client is about to leave. */
#define METHOD_LEAVE 2

/* Ends the program with status 3 and a line that says why: a code came that is not documented. */
void unexpected(const char *call, Retcode rc);

int serve(void);
/* `is_steady`: nothing may go wrong, since the server does not end. */
int call_server(unsigned long rounds, bool is_steady);
/* Visits a server that may be hostile. */
int visit_stranger(const char *server, const char *endpoint);
/* Makes so many calls over one channel; before and behind them it writes a byte to one FIFO and waits
 * for one from the other. */
int call_on_order(unsigned long calls, const char *reports, const char *orders);

#endif
