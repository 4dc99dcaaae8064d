/* The processes that live tests start: `server`, `client [ROUNDS]`, `hostile SEED`. */

#include "live_program.h"

#include <rtl/retcode_hr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void unexpected(const char *call, Retcode rc)
{
    fprintf(stderr, "%s: unexpected " RETCODE_HR_FMT "\n", call, RETCODE_HR_PARAMS(rc));
    exit(3);
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "";
    if (strcmp(mode, "server") == 0)
        return serve();
    if (strcmp(mode, "client") == 0)
        return call_server(argc > 2 ? strtoul(argv[2], NULL, 10) : 0);
    if (strcmp(mode, "hostile") == 0 && argc > 2)
        return misbehave(strtoull(argv[2], NULL, 10));
    fprintf(stderr, "usage: LiveProgram server | client [ROUNDS] | hostile SEED\n");
    return 2;
}
