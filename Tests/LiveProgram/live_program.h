#ifndef LIVE_PROGRAM_H
#define LIVE_PROGRAM_H

#include <rtl/retcode.h>
#include <stdint.h>

/* The endpoint of the server, and its endpoint ID. */
#define INTERFACE "live.IEcho"
#define ENDPOINT "live.echo"
#define ENDPOINT_ID 7
#define METHOD_ECHO 1
/* The client is about to leave; its name is in the arena. */
#define METHOD_LEAVE 2

/* Ends the program with status 3 and a line that says why: a code came that is not documented. */
void unexpected(const char *call, Retcode rc);

int serve(void);
int call_server(unsigned long rounds);
int misbehave(uint64_t seed);

#endif
