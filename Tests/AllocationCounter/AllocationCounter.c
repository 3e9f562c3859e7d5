#define _GNU_SOURCE
#include "AllocationCounter.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

enum { MAX_TRACES = 12, MAX_FRAMES = 24 };
static void *traces[MAX_TRACES][MAX_FRAMES];
static int trace_lengths[MAX_TRACES];
static atomic_int trace_count;

static atomic_int counting;
static atomic_ulong main_count, reader_count, library_count, library_largest;
static __thread int is_main, is_counting_here, is_in_library;

static void count(size_t size) {
  if (!atomic_load_explicit(&counting, memory_order_relaxed) || is_counting_here) return;
  if (is_in_library) {
    atomic_fetch_add(&library_count, 1);
    if (size > atomic_load(&library_largest)) atomic_store(&library_largest, size);
    return;
  }
  is_counting_here = 1;
  int error = errno;
  char name[17] = "";
  prctl(PR_GET_NAME, name);
  int is_reader = strcmp(name, "cnn-dist reader") == 0;
  if (is_main) atomic_fetch_add(&main_count, 1);
  if (is_reader) atomic_fetch_add(&reader_count, 1);
  if (is_main || is_reader) {
    int index = atomic_fetch_add(&trace_count, 1);
    if (index < MAX_TRACES) trace_lengths[index] = backtrace(traces[index], MAX_FRAMES);
  }
  errno = error;
  is_counting_here = 0;
}

void allocation_counter_prepare(void) {
  void *frames[2];
  is_main = 1;
  backtrace(frames, 2);
}

void allocation_counter_start(void) { atomic_store(&counting, 1); }
void allocation_counter_stop(void) { atomic_store(&counting, 0); }
unsigned long allocation_counter_main(void) { return atomic_load(&main_count); }
unsigned long allocation_counter_reader(void) { return atomic_load(&reader_count); }
unsigned long allocation_counter_library(void) { return atomic_load(&library_count); }
unsigned long allocation_counter_library_largest(void) { return atomic_load(&library_largest); }

// Stands in for oneDNN's function, to tell what happens inside it from what happens elsewhere.
int dnnl_primitive_execute(const void *primitive, void *stream, int count, const void *arguments) {
  static int (*execute)(const void *, void *, int, const void *);
  if (execute == NULL) execute = (int (*)(const void *, void *, int, const void *))dlsym(RTLD_NEXT, "dnnl_primitive_execute");
  is_in_library = 1;
  int status = execute(primitive, stream, count, arguments);
  is_in_library = 0;
  return status;
}

// The same for its matrix product, which packs its operands into memory of its own.
int dnnl_sgemm(
    char transpose_a, char transpose_b, long m, long n, long k, float alpha, const float *a, long lda, const float *b,
    long ldb, float beta, float *c, long ldc) {
  static int (*multiply)(
      char, char, long, long, long, float, const float *, long, const float *, long, float, float *, long);
  if (multiply == NULL) multiply = dlsym(RTLD_NEXT, "dnnl_sgemm");
  is_in_library = 1;
  int status = multiply(transpose_a, transpose_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  is_in_library = 0;
  return status;
}

void allocation_counter_print(void) {
  int count = atomic_load(&trace_count);
  for (int i = 0; i < count && i < MAX_TRACES; i++) {
    backtrace_symbols_fd(traces[i], trace_lengths[i], STDERR_FILENO);
    (void)!write(STDERR_FILENO, "\n", 1);
  }
}

void *malloc(size_t size) {
  count(size);
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  count(number * size);
  return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size) {
  count(size);
  return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size) {
  count(size);
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  count(size);
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  count(size);
  if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0) return EINVAL;
  void *result = __libc_memalign(alignment, size);
  if (result == NULL) return ENOMEM;
  *memory = result;
  return 0;
}
