/** @file
 * The type of sizes, and the null pointer.
 */
#ifndef RTL_STDDEF_H
#define RTL_STDDEF_H

#include <stddef.h>

typedef size_t rtl_size_t;

/** The null pointer: the value of an optional parameter that is left out. */
#define RTL_NULL NULL

#endif
