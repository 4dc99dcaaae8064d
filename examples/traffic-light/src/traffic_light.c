#include "traffic_light.h"

#include <rtl/retcode_hr.h>

#include <stdio.h>
#include <stdlib.h>

void fail(const char *what, Retcode rc)
{
    fprintf(stderr, "%s: " RETCODE_HR_FMT "\n", what, RETCODE_HR_PARAMS(rc));
    exit(EXIT_FAILURE);
}

const char *colour(rtl_uint32_t mode) { return mode == MODE_GREEN ? "green" : "red"; }
