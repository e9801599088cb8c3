package sip

import "github.com/emiago/sipgo/sip"

// Ask asks the far end whether it still has the call, by OPTIONS, which changes nothing (RFC 3261 §11, §12.2.1.2). answered
// is called once: nil is told for any answer that knows the call.
func (d *Dialog) Ask(answered func(*Failure)) {
	d.spawn(func() {
		ctx, expire := deadline(64 * sip.T1)
		defer expire()
		ctx, cancel := unless(ctx, d.over)
		defer cancel()
		_, err := d.do(ctx, sip.OPTIONS, Body{}, func(req *sip.Request) { req.AppendHeader(accept()) })
		f, _ := err.(*Failure)
		if f != nil && f.Code != 0 && f.Code != 481 && f.Code != 408 {
			f = nil // it refuses OPTIONS, and not the call
		}
		answered(f)
	})
}
