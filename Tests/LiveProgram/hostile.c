#include "live_program.h"

int misbehave(uint64_t seed)
{
    (void) seed;
    return 0;
}
