#ifndef RTL_STDINT_H
#define RTL_STDINT_H

#include <stdint.h>

typedef uint32_t rtl_uint32_t;

#endif
