package rig

import (
	"encoding/binary"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"syscall"
)

// Pixels is the screen's own memory: what is painted there is seen in the same
// moment, without asking the X server. It is for measuring.
type Pixels struct {
	file          []byte // an X window dump (XWD), header and pixels
	start, stride int
	Size          image.Point
}

// Pixels opens the screen's memory. It is closed with the test.
func (s *Screen) Pixels() *Pixels {
	s.t.Helper()
	p, err := openPixels(filepath.Join(s.dir, "Xvfb_screen0"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = syscall.Munmap(p.file) })
	return p
}

func openPixels(name string) (*Pixels, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	b, err := syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("map %s: %w", name, err)
	}
	// XWDFile.h: numbers of 32 bits, big endian.
	field := func(i int) int { return int(binary.BigEndian.Uint32(b[4*i:])) }
	const headerSize, width, height, bitsPerPixel, bytesPerLine, colours = 0, 4, 5, 11, 12, 19
	p := &Pixels{
		file: b, start: field(headerSize) + 12*field(colours), stride: field(bytesPerLine),
		Size: image.Pt(field(width), field(height)),
	}
	if field(bitsPerPixel) != 32 || p.start+p.stride*p.Size.Y > len(b) {
		_ = syscall.Munmap(b)
		return nil, fmt.Errorf("%s is no screen of 32 bits a pixel", name)
	}
	return p, nil
}

// Copy is what is painted in a part of the screen now.
func (p *Pixels) Copy(r image.Rectangle) []byte {
	r = r.Intersect(image.Rectangle{Max: p.Size})
	var b []byte
	for y := r.Min.Y; y < r.Max.Y; y++ {
		b = append(b, p.row(r, y)...)
	}
	return b
}

// Equal tells whether a part of the screen looks as it did when Copy was made of it.
func (p *Pixels) Equal(r image.Rectangle, was []byte) bool {
	r = r.Intersect(image.Rectangle{Max: p.Size})
	n := 4 * r.Dx()
	if len(was) != n*r.Dy() {
		return false
	}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		if string(p.row(r, y)) != string(was[:n]) {
			return false
		}
		was = was[n:]
	}
	return true
}

func (p *Pixels) row(r image.Rectangle, y int) []byte {
	at := p.start + y*p.stride + 4*r.Min.X
	return p.file[at : at+4*r.Dx()]
}
