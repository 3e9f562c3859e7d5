// What libgd itself sees in a picture: its red, green and blue bytes, row by row, on standard output.
//
//   gd_pixels FILE                 as it is stored
//   gd_pixels FILE WIDTH HEIGHT    scaled by gdImageCopyResampled
//
// Written against gd.h alone, one pixel at a time, as the tools of libgd are. (Debian's tool for this, pngtogd, refuses to
// work: the raw format that it writes is switched off there.)
#include <gd.h>
#include <stdio.h>
#include <stdlib.h>

int main(int count, char **arguments) {
  if (count != 2 && count != 4) return 64;
  gdImagePtr image = gdImageCreateFromFile(arguments[1]);
  if (!image) return 65;
  if (count == 4) {
    int width = atoi(arguments[2]), height = atoi(arguments[3]);
    gdImagePtr scaled = gdImageCreateTrueColor(width, height);
    if (!scaled) return 70;
    gdImageCopyResampled(scaled, image, 0, 0, 0, 0, width, height, gdImageSX(image), gdImageSY(image));
    gdImageDestroy(image);
    image = scaled;
  }
  for (int y = 0; y < gdImageSY(image); y++) {
    for (int x = 0; x < gdImageSX(image); x++) {
      int colour = gdImageGetTrueColorPixel(image, x, y);
      putchar(gdTrueColorGetRed(colour));
      putchar(gdTrueColorGetGreen(colour));
      putchar(gdTrueColorGetBlue(colour));
    }
  }
  gdImageDestroy(image);
  return fflush(stdout) == 0 ? 0 : 74;
}
