#include <rtl/stdint.h>
