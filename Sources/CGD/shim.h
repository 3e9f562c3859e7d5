// libgd: decodes, scales and encodes pictures.
#include <gd.h>
#include <gdfonts.h>

// libgd prints what is wrong with a file to standard error, unless it is given something else to do. A function that
// takes a va_list cannot be written in Swift.
static void cgd_say_nothing(int priority, const char *format, va_list arguments) {
  (void)priority;
  (void)format;
  (void)arguments;
}
static inline void cgd_silence(void) { gdSetErrorMethod(cgd_say_nothing); }
