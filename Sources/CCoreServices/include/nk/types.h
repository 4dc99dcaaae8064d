/** @file
 * What an IPC message says about itself: which endpoint it is for, and which method is called.
 */
#ifndef NK_TYPES_H
#define NK_TYPES_H

#include <rtl/stddef.h>
#include <rtl/stdint.h>

/** An endpoint ID (RIID): which endpoint of the server. */
typedef rtl_uint32_t nk_iid_t;
/** A method ID (MID): which method of the endpoint's interface. */
typedef rtl_uint32_t nk_mid_t;

/** The greatest endpoint ID, which is no endpoint's (the value is our choice). */
#define NK_IID_MAX ((nk_iid_t) 0xFFFFFFFFu)
/** The endpoint ID that is none. */
#define INVALID_RIID NK_IID_MAX

/** The null pointer. */
#define NK_NULL RTL_NULL

#endif
