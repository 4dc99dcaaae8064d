#ifndef KOSBROKER_DESCRIPTORS_H
#define KOSBROKER_DESCRIPTORS_H

/* Messages that carry descriptors: control messages are macros, which Swift cannot say. */

#include <stddef.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Sends `size` bytes as one message, with `descriptor` where that is not negative. Interruptions are
 * waited out. Returns how many bytes went, or minus the error number. */
ssize_t kosbroker_send(int socket, const void *bytes, size_t size, int descriptor, int flags);

/* Receives one message of at most `size` bytes, and a descriptor (close-on-exec) that came with it;
 * further ones are closed. `*descriptor` is -1 where none came, or where it could not be taken in.
 * With a null `descriptor`, none are taken in. Interruptions are waited out. Returns how many bytes
 * the message had, which is more than `size` if it was cut, or minus the error number; 0 at the
 * end. */
ssize_t kosbroker_receive(int socket, void *bytes, size_t size, int *descriptor, int flags);

#ifdef __cplusplus
}
#endif

#endif
