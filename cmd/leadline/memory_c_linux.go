package main

// #include <features.h>
// #ifdef __GLIBC__
// #include <malloc.h>
// static void trim(void) { malloc_trim(0); }
// // Before there are threads: each would have memory of its own else, of which malloc_trim gives nothing back.
// __attribute__((constructor)) static void one(void) { mallopt(M_ARENA_MAX, 1); }
// static int keep(int most) { return mallopt(M_TRIM_THRESHOLD, most) && mallopt(M_MMAP_THRESHOLD, most / 2); }
// #else
// static void trim(void) {}
// static int keep(int most) { return 1; }
// #endif
import "C"

// trimC gives back what C has freed and kept: textures, icons, pages of SQLite (malloc_trim(3)).
func trimC() { C.trim() }

// keepC has C keep up to so many bytes that it has freed, until trimC (mallopt(3)). By itself it gives all back that is
// more than 128 KB, which is every page of the window whose texts are painted anew: each frame then began with some thousand faults
// for fresh pages. It says whether C took it.
func keepC(most int) bool { return C.keep(C.int(most)) == 1 }
