#ifndef KOSBROKER_CSYSTEMSHIMS_H
#define KOSBROKER_CSYSTEMSHIMS_H

#include "channels.h"
#include "daemon.h"
#include "descriptors.h"
#include "launcher.h"
#include "library.h"

#endif
