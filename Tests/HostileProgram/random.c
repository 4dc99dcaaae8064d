#include "hostile_program.h"

#include <string.h>

static uint64_t state;

void seed_random(uint64_t seed)
{
    state = seed;
}

/* SplitMix64 */
static uint64_t next(void)
{
    uint64_t mixed = state += 0x9E3779B97F4A7C15;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
    return mixed ^ (mixed >> 31);
}

uint32_t below(uint32_t limit)
{
    return (uint32_t) (next() % limit);
}

bool chance(uint32_t percent)
{
    return below(100) < percent;
}

void fill_random(void *bytes, size_t size)
{
    unsigned char *start = bytes;
    for (size_t index = 0; index < size; index += sizeof(uint64_t)) {
        uint64_t word = next();
        memcpy(start + index, &word, size - index < sizeof word ? size - index : sizeof word);
    }
}
