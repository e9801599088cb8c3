package main

import (
	"encoding/xml"
	"fmt"
	"math"
	"strconv"
	"strings"
)

type shape struct {
	XMLName xml.Name
	Class   string  `xml:"class,attr"`
	Fill    string  `xml:"fill,attr"`
	Stroke  string  `xml:"stroke,attr"`
	D       string  `xml:"d,attr"`
	Points  string  `xml:"points,attr"`
	X       float64 `xml:"x,attr"`
	Y       float64 `xml:"y,attr"`
	W       float64 `xml:"width,attr"`
	H       float64 `xml:"height,attr"`
	RX      float64 `xml:"rx,attr"`
	CX      float64 `xml:"cx,attr"`
	CY      float64 `xml:"cy,attr"`
	R       float64 `xml:"r,attr"`
	X1      float64 `xml:"x1,attr"`
	Y1      float64 `xml:"y1,attr"`
	X2      float64 `xml:"x2,attr"`
	Y2      float64 `xml:"y2,attr"`
}

type drawing struct {
	Width  float64 `xml:"stroke-width,attr"`
	Shapes []shape `xml:",any"`
}

// Outline returns the drawing with every stroke as a filled shape.
func Outline(src []byte) ([]byte, error) {
	var d drawing
	if err := xml.Unmarshal(src, &d); err != nil {
		return nil, fmt.Errorf("read the drawing: %w", err)
	}
	if d.Width == 0 {
		d.Width = 2
	}
	var b strings.Builder
	for _, s := range d.Shapes {
		lines, err := parsePath(s.path())
		if err != nil {
			return nil, err
		}
		if s.Fill == "currentColor" || s.Class == "hole" {
			for _, l := range lines {
				b.WriteString(polygon(turned(l.pts, s.Class == "hole")))
			}
		}
		if s.Stroke == "none" || s.Class == "hole" {
			continue
		}
		for _, l := range lines {
			b.WriteString(stroke(l, d.Width/2))
		}
	}
	if b.Len() == 0 {
		return nil, fmt.Errorf("the drawing has no shapes")
	}
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24"><path fill="#000" d="%s"/></svg>`+"\n", b.String()), nil
}

func (s shape) path() string {
	switch s.XMLName.Local {
	case "path":
		return s.D
	case "circle":
		return fmt.Sprintf("M%g %gA%g %g 0 1 1 %g %gA%g %g 0 1 1 %g %gZ", s.CX-s.R, s.CY, s.R, s.R, s.CX+s.R, s.CY, s.R, s.R, s.CX-s.R, s.CY)
	case "line":
		return fmt.Sprintf("M%g %gL%g %g", s.X1, s.Y1, s.X2, s.Y2)
	case "polyline":
		return "M" + s.Points
	case "polygon":
		return "M" + s.Points + "Z"
	case "rect":
		r := math.Min(s.RX, math.Min(s.W, s.H)/2)
		if r == 0 {
			return fmt.Sprintf("M%g %gh%gv%gh%gZ", s.X, s.Y, s.W, s.H, -s.W)
		}
		return fmt.Sprintf("M%g %gh%ga%g %g 0 0 1 %g %gv%ga%g %g 0 0 1 %g %gh%ga%g %g 0 0 1 %g %gv%ga%g %g 0 0 1 %g %gZ",
			s.X+r, s.Y, s.W-2*r, r, r, r, r, s.H-2*r, r, r, -r, r, -(s.W - 2*r), r, r, -r, -r, -(s.H - 2*r), r, r, r, -r)
	}
	return ""
}

// stroke covers a line: a ribbon for each smooth stretch, a disc at each sharp joint and end.
func stroke(l line, half float64) string {
	var b strings.Builder
	n := len(l.pts)
	if n == 1 {
		return disc(l.pts[0], half)
	}
	for i, p := range l.pts {
		if l.sharp[i] {
			b.WriteString(disc(p, half))
		}
	}
	segments := n - 1
	if l.closed {
		segments = n
	}
	// Begin a closed line at a sharp joint, so that no ribbon runs over the seam.
	first := 0
	if l.closed {
		for i, s := range l.sharp {
			if s {
				first = i
				break
			}
		}
	}
	for k := 0; k < segments; {
		stretch := []int{(first + k) % n}
		for k < segments {
			k++
			at := (first + k) % n
			stretch = append(stretch, at)
			if l.sharp[at] {
				break
			}
		}
		b.WriteString(ribbon(l, stretch, half))
	}
	return b.String()
}

// ribbon is the stretch widened by half to both sides. It is laid in quads of
// one turning sense: an inner side that folds in a tight curve cannot cut a hole.
func ribbon(l line, stretch []int, half float64) string {
	normal := func(i int) point {
		var d point
		if i > 0 {
			a := l.pts[stretch[i]].sub(l.pts[stretch[i-1]])
			d = d.add(a.mul(1 / a.len()))
		}
		if i < len(stretch)-1 {
			a := l.pts[stretch[i+1]].sub(l.pts[stretch[i]])
			d = d.add(a.mul(1 / a.len()))
		}
		// The ends of a closed smooth line meet in one normal.
		if stretch[0] == stretch[len(stretch)-1] && (i == 0 || i == len(stretch)-1) {
			a := l.pts[stretch[1]].sub(l.pts[stretch[0]])
			z := l.pts[stretch[0]].sub(l.pts[stretch[len(stretch)-2]])
			d = a.mul(1 / a.len()).add(z.mul(1 / z.len()))
		}
		d = d.mul(1 / d.len())
		return point{-d.y * half, d.x * half}
	}
	tight := false
	var left, right []point
	for i, at := range stretch {
		nrm := normal(i)
		left, right = append(left, l.pts[at].add(nrm)), append(right, l.pts[at].sub(nrm))
		if i > 0 {
			along := l.pts[stretch[i]].sub(l.pts[stretch[i-1]])
			if left[i].sub(left[i-1]).dot(along) < 0 || right[i].sub(right[i-1]).dot(along) < 0 {
				tight = true
			}
		}
	}
	if !tight && stretch[0] != stretch[len(stretch)-1] {
		all := append([]point{}, left...)
		for i := len(right) - 1; i >= 0; i-- {
			all = append(all, right[i])
		}
		return polygon(turned(all, false))
	}
	var b strings.Builder
	if !tight { // a ring: the outer side, and the inner one cut out
		big, small := left, right
		if math.Abs(area(right)) > math.Abs(area(left)) {
			big, small = right, left
		}
		b.WriteString(polygon(turned(big, false)))
		b.WriteString(polygon(turned(small, true)))
		return b.String()
	}
	for i := 1; i < len(left); i++ {
		b.WriteString(polygon(turned([]point{left[i-1], left[i], right[i], right[i-1]}, false)))
	}
	return b.String()
}

// disc is a polygon too: painters do not agree which way an arc command turns.
func disc(c point, r float64) string {
	const corners = 16
	pts := make([]point, corners)
	for i := range pts {
		a := 2 * math.Pi * float64(i) / corners
		pts[i] = point{c.x + r*math.Cos(a), c.y + r*math.Sin(a)}
	}
	return polygon(turned(pts, false))
}

func polygon(pts []point) string {
	var b strings.Builder
	for i, p := range pts {
		if i == 0 {
			b.WriteByte('M')
		} else {
			b.WriteByte('L')
		}
		b.WriteString(num(p.x) + " " + num(p.y))
	}
	b.WriteByte('Z')
	return b.String()
}

func area(pts []point) float64 {
	var a float64
	for i, p := range pts {
		a += p.cross(pts[(i+1)%len(pts)])
	}
	return a / 2
}

// turned lets the polygon run clockwise on the screen as a disc does, a hole the other way.
func turned(pts []point, hole bool) []point {
	if (area(pts) < 0) == hole {
		return pts
	}
	back := make([]point, len(pts))
	for i, p := range pts {
		back[len(pts)-1-i] = p
	}
	return back
}

func num(v float64) string {
	s := strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64)
	if s == "-0" {
		return "0"
	}
	return s
}
