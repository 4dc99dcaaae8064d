/** @file
 * The header of an IPC message.
 */
#ifndef IPC_IF_REND_H
#define IPC_IF_REND_H

#include <nk/types.h>
#include <rtl/stddef.h>
#include <rtl/stdint.h>

/**
 * Binds an IPC message to its buffers: the constant part, which a generated structure describes,
 * and the arena, which holds what has no fixed size.
 *
 * That such a header goes to Call, Recv and Reply is documented; its members are our choice, since
 * KasperskyOS's programs have generated code fill it in. Of a message to send, the sizes say how
 * many bytes go. Of a message to receive, they say how many bytes there is room for, and afterwards
 * how many came; both parts together have at most 64 KiB. A part of size 0 may have a null pointer.
 */
typedef struct SMsgHdr {
    /** The endpoint that the request is for; ignored in a reply. */
    nk_iid_t riid;
    /** The method that is called; ignored in a reply. */
    nk_mid_t method;
    /** The constant part, and its size in bytes. */
    void *constantPart;
    rtl_size_t constantSize;
    /** The arena, and the size of its used part in bytes. */
    void *arena;
    rtl_size_t arenaSize;
} SMsgHdr;

#endif
