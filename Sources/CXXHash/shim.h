// XXH3 of xxHash.
#include <xxhash.h>
