// libgd: decodes, scales and encodes pictures.
#include <gd.h>
#include <gdfonts.h>

// libgd keeps 7 of the 8 bits of transparency, and none of a grey that is transparent: pictures with any are decoded by the
// libraries that it is built on.
#include <png.h>
#include <webp/decode.h>

// libgd prints what is wrong with a file to standard error, unless it is given something else to do. A function that
// takes a va_list cannot be written in Swift.
static void cgd_say_nothing(int priority, const char *format, va_list arguments) {
  (void)priority;
  (void)format;
  (void)arguments;
}
static inline void cgd_silence(void) { gdSetErrorMethod(cgd_say_nothing); }
