/* The well-behaved processes of live tests, see the usage. */

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
        return call_server(argc > 2 ? strtoul(argv[2], NULL, 10) : 0, false);
    if (strcmp(mode, "steady") == 0)
        return call_server(0, true);
    if (strcmp(mode, "visitor") == 0 && argc > 3)
        return visit_stranger(argv[2], argv[3]);
    if (strcmp(mode, "calls") == 0 && argc > 4)
        return call_on_order(strtoul(argv[2], NULL, 10), argv[3], argv[4]);
    fprintf(stderr, "usage: LiveProgram server | client [ROUNDS] | steady |\n"
                    "    visitor SERVER ENDPOINT | calls COUNT REPORTS ORDERS\n");
    return 2;
}
