package main

import (
	"fmt"
	"math"
	"strconv"
)

type point struct{ x, y float64 }

func (p point) add(q point) point     { return point{p.x + q.x, p.y + q.y} }
func (p point) sub(q point) point     { return point{p.x - q.x, p.y - q.y} }
func (p point) mul(f float64) point   { return point{p.x * f, p.y * f} }
func (p point) len() float64          { return math.Hypot(p.x, p.y) }
func (p point) cross(q point) float64 { return p.x*q.y - p.y*q.x }
func (p point) dot(q point) float64   { return p.x*q.x + p.y*q.y }

// line is one subpath, flattened. A joint is smooth where a curve was cut into
// chords and sharp where the drawing has a corner.
type line struct {
	pts    []point
	sharp  []bool // one for each point
	closed bool
}

// parsePath flattens the d attribute of an SVG path (SVG 1.1 §8.3).
func parsePath(d string) ([]line, error) {
	s := &scanner{s: d}
	var lines []line
	var cur line
	var at, start, ctrl point
	var last byte
	flush := func() {
		if len(cur.pts) > 1 || (len(cur.pts) == 1 && cur.closed) {
			lines = append(lines, cur)
		} else if len(cur.pts) == 1 && last != 'M' && last != 'm' && last != 0 {
			lines = append(lines, cur)
		}
		cur = line{}
	}
	to := func(p point, sharp bool) {
		if len(cur.pts) == 0 {
			cur.pts, cur.sharp = append(cur.pts, at), append(cur.sharp, true)
		}
		cur.pts, cur.sharp = append(cur.pts, p), append(cur.sharp, sharp)
		at = p
	}
	var cmd byte
	for {
		c, ok, err := s.command()
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		if c != 0 {
			cmd = c
		} else if cmd == 'M' {
			cmd = 'L'
		} else if cmd == 'm' {
			cmd = 'l'
		} else if argCount(cmd&^0x20) == 0 {
			return nil, fmt.Errorf("path %q: numbers without a command before them", d)
		}
		rel := cmd >= 'a'
		up := cmd
		if rel {
			up -= 'a' - 'A'
		}
		base := point{}
		if rel {
			base = at
		}
		n, err := s.numbers(argCount(up), up == 'A')
		if err != nil {
			return nil, fmt.Errorf("path %q, command %c: %w", d, cmd, err)
		}
		pt := func(i int) point { return point{n[i], n[i+1]}.add(base) }
		switch up {
		case 'M':
			flush()
			at = pt(0)
			start = at
		case 'L':
			to(pt(0), true)
		case 'H':
			to(point{n[0] + base.x, at.y}, true)
		case 'V':
			to(point{at.x, n[0] + base.y}, true)
		case 'C', 'S':
			c1 := at
			i := 0
			if up == 'C' {
				c1, i = pt(0), 2
			} else if last == 'C' || last == 'S' {
				c1 = at.mul(2).sub(ctrl)
			}
			c2, end := pt(i), pt(i+2)
			from := at
			for k := 1; k <= steps; k++ {
				t := float64(k) / steps
				u := 1 - t
				p := from.mul(u * u * u).add(c1.mul(3 * u * u * t)).add(c2.mul(3 * u * t * t)).add(end.mul(t * t * t))
				to(p, k == steps)
			}
			ctrl = c2
		case 'Q', 'T':
			c1 := at
			i := 0
			if up == 'Q' {
				c1, i = pt(0), 2
			} else if last == 'Q' || last == 'T' {
				c1 = at.mul(2).sub(ctrl)
			}
			end, from := pt(i), at
			for k := 1; k <= steps; k++ {
				t := float64(k) / steps
				u := 1 - t
				to(from.mul(u*u).add(c1.mul(2*u*t)).add(end.mul(t*t)), k == steps)
			}
			ctrl = c1
		case 'A':
			end := point{n[5], n[6]}.add(base)
			arc := arcPoints(at, end, n[0], n[1], n[2], n[3] != 0, n[4] != 0)
			for k, p := range arc {
				to(p, k == len(arc)-1)
			}
		case 'Z':
			cur.closed = true
			at = start
			last = 'Z'
			flush()
		}
		last = up
	}
	flush()
	for i := range lines {
		lines[i].tidy()
	}
	return lines, nil
}

// steps is into how many chords a curve is cut: on a grid of 24 shown at up to
// 48 pixels the error stays below a twentieth of a pixel.
const steps = 10

func argCount(cmd byte) int {
	switch cmd {
	case 'M', 'L', 'T':
		return 2
	case 'H', 'V':
		return 1
	case 'C':
		return 6
	case 'S', 'Q':
		return 4
	case 'A':
		return 7
	}
	return 0
}

// arcPoints follows SVG 1.1 appendix F.6.5, endpoint to centre.
func arcPoints(from, to point, rx, ry, turn float64, large, sweep bool) []point {
	rx, ry = math.Abs(rx), math.Abs(ry)
	if rx == 0 || ry == 0 || from == to {
		return []point{to}
	}
	phi := turn * math.Pi / 180
	cos, sin := math.Cos(phi), math.Sin(phi)
	h := from.sub(to).mul(0.5)
	x1, y1 := cos*h.x+sin*h.y, -sin*h.x+cos*h.y
	if l := x1*x1/(rx*rx) + y1*y1/(ry*ry); l > 1 {
		rx, ry = rx*math.Sqrt(l), ry*math.Sqrt(l)
	}
	f := math.Sqrt(math.Max(0, (rx*rx*ry*ry-rx*rx*y1*y1-ry*ry*x1*x1)/(rx*rx*y1*y1+ry*ry*x1*x1)))
	if large == sweep {
		f = -f
	}
	cx, cy := f*rx*y1/ry, -f*ry*x1/rx
	mid := from.add(to).mul(0.5)
	c := point{cos*cx - sin*cy + mid.x, sin*cx + cos*cy + mid.y}
	a1 := math.Atan2((y1-cy)/ry, (x1-cx)/rx)
	a2 := math.Atan2((-y1-cy)/ry, (-x1-cx)/rx)
	da := a2 - a1
	if sweep && da < 0 {
		da += 2 * math.Pi
	} else if !sweep && da > 0 {
		da -= 2 * math.Pi
	}
	n := max(2, int(math.Ceil(math.Abs(da)/(math.Pi/12))))
	pts := make([]point, 0, n)
	for k := 1; k <= n; k++ {
		if k == n {
			pts = append(pts, to)
			break
		}
		a := a1 + da*float64(k)/float64(n)
		x, y := rx*math.Cos(a), ry*math.Sin(a)
		pts = append(pts, point{cos*x - sin*y + c.x, sin*x + cos*y + c.y})
	}
	return pts
}

// tidy drops points that lie on their neighbour and calls a joint smooth where
// the direction turns by less than 20 degrees.
func (l *line) tidy() {
	var pts []point
	var sharp []bool
	for i, p := range l.pts {
		if n := len(pts); n > 0 && p.sub(pts[n-1]).len() < 0.02 {
			sharp[n-1] = sharp[n-1] || l.sharp[i]
			continue
		}
		pts, sharp = append(pts, p), append(sharp, l.sharp[i])
	}
	if l.closed && len(pts) > 1 && pts[0].sub(pts[len(pts)-1]).len() < 0.02 {
		pts, sharp = pts[:len(pts)-1], sharp[:len(sharp)-1]
	}
	n := len(pts)
	for i := range pts {
		if !l.closed && (i == 0 || i == n-1) {
			sharp[i] = true
			continue
		}
		if n < 2 {
			continue
		}
		a, b := pts[i].sub(pts[(i+n-1)%n]), pts[(i+1)%n].sub(pts[i])
		sharp[i] = math.Abs(math.Atan2(a.cross(b), a.dot(b))) > 20*math.Pi/180
	}
	l.pts, l.sharp = pts, sharp
}

type scanner struct {
	s string
	i int
}

func (s *scanner) space() {
	for s.i < len(s.s) && (s.s[s.i] == ' ' || s.s[s.i] == ',' || s.s[s.i] == '\n' || s.s[s.i] == '\t') {
		s.i++
	}
}

// command returns the next letter, or 0 when numbers follow: the command repeats.
func (s *scanner) command() (byte, bool, error) {
	s.space()
	if s.i >= len(s.s) {
		return 0, false, nil
	}
	c := s.s[s.i]
	if c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
		s.i++
		return c, true, nil
	}
	if c == '-' || c == '.' || c >= '0' && c <= '9' {
		return 0, true, nil
	}
	return 0, false, fmt.Errorf("path %q: unexpected %q", s.s, c)
}

// numbers reads n numbers. The flags of an arc may be written without a space between.
func (s *scanner) numbers(n int, arc bool) ([]float64, error) {
	out := make([]float64, n)
	for k := range out {
		s.space()
		from := s.i
		if arc && (k == 3 || k == 4) {
			s.i++
		} else {
			dot := false
			for s.i < len(s.s) {
				c := s.s[s.i]
				if c == '-' && s.i > from || c == '.' && dot || c != '-' && c != '.' && (c < '0' || c > '9') {
					break
				}
				dot = dot || c == '.'
				s.i++
			}
		}
		if s.i > len(s.s) {
			return nil, fmt.Errorf("ends after %d of %d numbers", k, n)
		}
		v, err := strconv.ParseFloat(s.s[from:s.i], 64)
		if err != nil {
			return nil, err
		}
		out[k] = v
	}
	return out, nil
}
