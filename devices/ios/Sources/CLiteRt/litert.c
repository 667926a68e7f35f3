// Swift packages have no targets of headers alone.
#include "litert.h"
