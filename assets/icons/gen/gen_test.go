package main

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What is committed is what the drawings give: nobody edits an icon by hand.
func TestCommittedIconsComeFromTheirDrawings(t *testing.T) {
	drawings, err := filepath.Glob("strokes/*.svg")
	if err != nil || len(drawings) == 0 {
		t.Fatalf("no drawings: %v", err)
	}
	for _, d := range drawings {
		src, err := os.ReadFile(d)
		if err != nil {
			t.Fatal(err)
		}
		want, err := Outline(src)
		if err != nil {
			t.Errorf("%s: %v", d, err)
			continue
		}
		got, err := os.ReadFile(filepath.Join("..", filepath.Base(d)))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what its drawing gives (%v): run go generate in assets/icons", filepath.Base(d), err)
		}
		if bytes.Contains(want, []byte("stroke")) {
			t.Errorf("%s has a stroke: Fyne would paint it two device pixels wide", d)
		}
	}
	icons, err := filepath.Glob("../*.svg")
	if err != nil || len(icons) != len(drawings) {
		t.Errorf("%d icons for %d drawings: %v", len(icons), len(drawings), err)
	}
}

func TestPathsAreReadAsSVGSays(t *testing.T) {
	for _, c := range []struct {
		d    string
		want []point // the points of the flattened line
	}{
		{"M1 2L3 4", []point{{1, 2}, {3, 4}}},
		{"m1 2 3 4 5 6", []point{{1, 2}, {4, 6}, {9, 12}}},
		{"M1,2h3v4H1z", []point{{1, 2}, {4, 2}, {4, 6}, {1, 6}}},
		{"M.5.5-1-1", []point{{.5, .5}, {-1, -1}}},
		{"M0 0L1-1", []point{{0, 0}, {1, -1}}},
	} {
		lines, err := parsePath(c.d)
		if err != nil || len(lines) != 1 || len(lines[0].pts) != len(c.want) {
			t.Errorf("%q: %+v, %v", c.d, lines, err)
			continue
		}
		for i, p := range lines[0].pts {
			if p.sub(c.want[i]).len() > 1e-9 {
				t.Errorf("%q: point %d is %v, want %v", c.d, i, p, c.want[i])
			}
		}
	}
	for _, bad := range []string{"M1", "M1 x", "L", "M0 0A1 1 0 0", "M0 0C1 2 3", "0 0", "M0 0Z1 1"} {
		if _, err := parsePath(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func TestArcsEndWhereTheySay(t *testing.T) {
	// A half circle of radius 5 around (5, 0); flags without spaces as Lucide writes them.
	lines, err := parsePath("M0 0a5 5 0 0110 0")
	if err != nil {
		t.Fatal(err)
	}
	pts := lines[0].pts
	if end := pts[len(pts)-1]; end.sub(point{10, 0}).len() > 1e-9 {
		t.Errorf("the arc ends at %v, want (10, 0)", end)
	}
	for _, p := range pts {
		if r := p.sub(point{5, 0}).len(); math.Abs(r-5) > 1e-6 || p.y > 1e-6 {
			t.Errorf("%v is not on the upper half circle", p)
		}
	}
}

// Overlapping polygons that turn against each other would cut holes.
func TestAllPolygonsTurnOneWay(t *testing.T) {
	out, err := Outline([]byte(`<svg stroke-width="2"><path d="M4 4L20 4L20 20"/><path d="M20 12H4"/></svg>`))
	if err != nil {
		t.Fatal(err)
	}
	d := regexp.MustCompile(` d="([^"]+)"`).FindStringSubmatch(string(out))[1]
	for _, part := range strings.SplitAfter(d, "Z") {
		if part == "" {
			continue
		}
		lines, err := parsePath(part)
		if err != nil {
			t.Fatal(err)
		}
		if a := area(lines[0].pts); a <= 0 {
			t.Errorf("the polygon %s turns the wrong way: area %v", part, a)
		}
	}
}

func FuzzPath(f *testing.F) {
	for _, d := range []string{"M1 2L3 4Z", "M0 0a5 5 0 0110 0", "m1-1.5.5c1 2 3 4 5 6S1 1 2 2", "M0 0Q1 1 2 2T3 3", "M"} {
		f.Add(d)
	}
	f.Fuzz(func(t *testing.T, d string) {
		lines, err := parsePath(d)
		if err != nil {
			return
		}
		for _, l := range lines {
			if len(l.pts) != len(l.sharp) {
				t.Fatalf("%q: %d points, %d joints", d, len(l.pts), len(l.sharp))
			}
			stroke(l, 1)
		}
	})
}
