// The event interface of the system's libyaml (Debian and Ubuntu: libyaml-dev).
#include <yaml.h>
