#ifndef KOSBROKER_CSYSTEMSHIMS_H
#define KOSBROKER_CSYSTEMSHIMS_H

#include "descriptors.h"

#endif
