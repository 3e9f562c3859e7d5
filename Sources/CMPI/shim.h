// The constants of mpi.h that Swift cannot import because they are macros with casts.
#include <mpi.h>

static inline MPI_Comm cmpi_comm_world(void) { return MPI_COMM_WORLD; }
