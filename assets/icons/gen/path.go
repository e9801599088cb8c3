package main

import (
	"fmt"
	"math"
	"slices"
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
	p := &pen{}
	var cmd byte
	for {
		c, ok, err := s.command()
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		switch {
		case c != 0:
			cmd = c
		case cmd == 'M':
			cmd = 'L'
		case cmd == 'm':
			cmd = 'l'
		case argCount(cmd&^0x20) == 0:
			return nil, fmt.Errorf("path %q: numbers without a command before them", d)
		}
		upper, base := cmd, point{}
		if cmd >= 'a' { // relative to where the pen is
			upper, base = cmd-('a'-'A'), p.at
		}
		n, err := s.numbers(argCount(upper), upper == 'A')
		if err != nil {
			return nil, fmt.Errorf("path %q, command %c: %w", d, cmd, err)
		}
		p.draw(upper, n, base)
	}
	p.lift()
	for i := range p.lines {
		p.lines[i].tidy()
	}
	return p.lines, nil
}

// pen draws a path, command by command.
type pen struct {
	lines   []line // the finished subpaths
	cur     line   // the one that is being drawn
	at      point  // where the pen is
	start   point  // where the subpath began
	control point  // the last control point of a curve
	last    byte   // the last command, in upper case; 0 before the first
}

// draw does one command, in upper case, with its numbers; coordinates are relative to base.
func (p *pen) draw(cmd byte, n []float64, base point) {
	pt := func(i int) point { return point{n[i], n[i+1]}.add(base) }
	switch cmd {
	case 'M':
		p.lift()
		p.at = pt(0)
		p.start = p.at
	case 'L':
		p.to(pt(0), true)
	case 'H':
		p.to(point{n[0] + base.x, p.at.y}, true)
	case 'V':
		p.to(point{p.at.x, n[0] + base.y}, true)
	case 'C':
		p.cubic(pt(0), pt(2), pt(4))
	case 'S':
		p.cubic(p.mirrored('C', 'S'), pt(0), pt(2))
	case 'Q':
		p.quadratic(pt(0), pt(2))
	case 'T':
		p.quadratic(p.mirrored('Q', 'T'), pt(0))
	case 'A':
		end := point{n[5], n[6]}.add(base)
		arc := arcPoints(p.at, end, n[0], n[1], n[2], n[3] != 0, n[4] != 0)
		for k, q := range arc {
			p.to(q, k == len(arc)-1)
		}
	case 'Z':
		p.cur.closed = true
		p.at, p.last = p.start, 'Z'
		p.lift()
	}
	p.last = cmd
}

// to draws a straight line.
func (p *pen) to(q point, sharp bool) {
	if len(p.cur.pts) == 0 {
		p.cur.pts, p.cur.sharp = append(p.cur.pts, p.at), append(p.cur.sharp, true)
	}
	p.cur.pts, p.cur.sharp = append(p.cur.pts, q), append(p.cur.sharp, sharp)
	p.at = q
}

// lift ends the subpath. One that is a single point counts unless it was only moved to.
func (p *pen) lift() {
	moved := p.last == 'M' || p.last == 0
	if n := len(p.cur.pts); n > 1 || n == 1 && (p.cur.closed || !moved) {
		p.lines = append(p.lines, p.cur)
	}
	p.cur = line{}
}

// mirrored is the control point of a curve that goes on smoothly: the last one mirrored, if the command before was one of those.
func (p *pen) mirrored(before ...byte) point {
	if slices.Contains(before, p.last) {
		return p.at.mul(2).sub(p.control)
	}
	return p.at
}

// cubic draws a cubic Bézier curve.
func (p *pen) cubic(c1, c2, end point) {
	p.curve(func(from point, t, u float64) point {
		return from.mul(u * u * u).add(c1.mul(3 * u * u * t)).add(c2.mul(3 * u * t * t)).add(end.mul(t * t * t))
	})
	p.control = c2
}

// quadratic draws a quadratic Bézier curve.
func (p *pen) quadratic(c, end point) {
	p.curve(func(from point, t, u float64) point {
		return from.mul(u * u).add(c.mul(2 * u * t)).add(end.mul(t * t))
	})
	p.control = c
}

// curve draws a curve in chords; f is its point at t, 0..1, with u = 1 - t.
func (p *pen) curve(f func(from point, t, u float64) point) {
	from := p.at
	for k := 1; k <= steps; k++ {
		t := float64(k) / steps
		p.to(f(from, t, 1-t), k == steps)
	}
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
