// The constants of hdf5.h that Swift cannot import because they are macros that call functions.
#include <hdf5.h>
