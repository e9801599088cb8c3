package main

// #include <features.h>
// #ifdef __GLIBC__
// #include <malloc.h>
// static void trim(void) { malloc_trim(0); }
// #else
// static void trim(void) {}
// #endif
import "C"

// trimC gives back what C has freed and kept: textures, icons, pages of SQLite (malloc_trim(3)).
func trimC() { C.trim() }
