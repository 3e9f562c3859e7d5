// archive.h for Swift.
#include <archive.h>
#include <archive_entry.h>
