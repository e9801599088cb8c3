package door

import (
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"time"
)

// frames is how long a window may take to paint what has just changed.
const frames = 60 * time.Millisecond

// shot writes what a window shows as a PNG: after it had the time to paint what the
// wishes before have changed.
func (d *Door) shot(w wish) (any, error) {
	if w.File == "" {
		return nil, errors.New(`shot: "file" is missing`)
	}
	_, err := onUI(d, func() (any, error) {
		win, err := d.window(w.Window)
		if err == nil {
			win.Canvas.Content().Refresh()
		}
		return nil, err
	})
	if err != nil {
		return nil, err
	}
	select {
	case <-d.ctx.Done():
		return nil, errClosed
	case <-time.After(frames):
	}
	img, err := onUI(d, func() (image.Image, error) {
		win, err := d.window(w.Window)
		if err != nil {
			return nil, err
		}
		return picture(win), nil
	})
	if err != nil {
		return nil, err
	}
	return done{true}, writePNG(w.File, img)
}

// writePNG writes the file whole or not at all.
func writePNG(file string, img image.Image) error {
	tmp, err := os.CreateTemp(filepath.Dir(file), ".shot-*.png")
	if err != nil {
		return fmt.Errorf("write the picture: %w", err)
	}
	defer os.Remove(tmp.Name())
	err = png.Encode(tmp, img)
	if err2 := tmp.Close(); err == nil {
		err = err2
	}
	if err == nil {
		err = os.Rename(tmp.Name(), file)
	}
	if err != nil {
		return fmt.Errorf("write the picture %s: %w", file, err)
	}
	return nil
}
