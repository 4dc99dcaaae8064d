/** @file
 * The type of handles.
 */
#ifndef HANDLE_HANDLETYPE_H
#define HANDLE_HANDLETYPE_H

#include <rtl/stdint.h>

/**
 * Names something that its process holds: an end of an IPC channel or a listener.
 *
 * A handle is good for its own process alone. Here its value is the only one of the whole broker
 * and never comes back after a close (our choice; in KasperskyOS each process counts for itself).
 */
typedef rtl_uint32_t Handle;

/** The value that no handle has (0 is our choice, so that zeroed memory is invalid). */
#define INVALID_HANDLE ((Handle) 0)

#endif
