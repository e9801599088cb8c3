// Command gen turns the stroked drawings in strokes/ into the filled outlines
// that the program embeds.
//
// Fyne paints an SVG stroke as wide in device pixels as its number says, at any
// size of the icon, and its recolouring changes fills only. So every stroke, as
// wide as the drawing says (2.4 on the grid of 24: 1.6 px at 16), becomes polygons here: a ribbon for each smooth
// stretch and a disc at each end and corner. All polygons turn the same way, so
// that where they overlap the non-zero rule fills.
//
// An element with fill="currentColor" is taken over as it is; one with
// class="hole" is cut out of what was drawn before.
//
// Run it with go generate in assets/icons.
package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
)

func main() {
	log.SetFlags(0)
	files, err := filepath.Glob("gen/strokes/*.svg")
	if err != nil || len(files) == 0 {
		log.Fatalf("gen: no drawings in gen/strokes (run in assets/icons): %v", err)
	}
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			log.Fatalf("gen: %v", err)
		}
		out, err := Outline(src)
		if err != nil {
			log.Fatalf("gen: %s: %v", f, err)
		}
		to := filepath.Base(f)
		if err := os.WriteFile(to, out, 0o644); err != nil {
			log.Fatalf("gen: %v", err)
		}
	}
	fmt.Printf("%d icons\n", len(files))
}
