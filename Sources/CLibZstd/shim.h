// The streams of the system's libzstd (Debian and Ubuntu: libzstd-dev).
#include <zstd.h>
