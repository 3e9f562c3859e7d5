// oneDNN's C interface, and the two functions of OpenMP's run time that keep it on one thread.
#include <dnnl.h>

extern void omp_set_num_threads(int count);
extern int omp_get_max_threads(void);
