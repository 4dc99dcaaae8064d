/* The module has headers alone; a C target needs a source. */
#include <coresrv/syscalls.h>
