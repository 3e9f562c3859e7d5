// archive.h and zlib.h for Swift: libarchive reads archives, but does not compare the check sums of .gz files; zlib does.
#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>
