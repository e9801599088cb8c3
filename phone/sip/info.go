package sip

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// Digits as SIP INFO are older than RFC 4733 and in no RFC; both forms are what many
// gateways write. The first tells the length too.
const (
	digitRelay = "application/dtmf-relay"
	digitPlain = "application/dtmf"
)

// How digits follow each other by INFO: a PBX plays each for its length.
const (
	infoDigit = 160 * time.Millisecond
	infoGap   = 240 * time.Millisecond
	infoPause = 500 * time.Millisecond // of a comma
)

// Inform sends digits (0-9 * # A-D, "," is a pause) as SIP INFO, one after the other.
// failed is told the first refusal, from a goroutine of this package; what follows is
// not sent then.
func (d *Dialog) Inform(digits string, failed func(*Failure)) {
	d.spawn(func() {
		d.informing.Lock() // in order
		defer d.informing.Unlock()
		for _, digit := range digits {
			wait := infoPause
			if digit != ',' {
				wait = infoGap
				if f := d.inform(digit); f != nil {
					failed(f)
					return
				}
			}
			select {
			case <-time.After(wait):
			case <-d.over:
				return
			}
		}
	})
}

func (d *Dialog) inform(digit rune) *Failure {
	ctx, cancel := context.WithTimeout(context.Background(), 64*sip.T1)
	defer cancel()
	res, err := d.do(ctx, sip.INFO, Body{digitRelay, fmt.Appendf(nil, "Signal=%c\r\nDuration=%d\r\n", digit, infoDigit.Milliseconds())})
	if err != nil && res != nil && res.StatusCode == 415 {
		_, err = d.do(ctx, sip.INFO, Body{digitPlain, []byte(string(digit))})
	}
	if err == nil {
		return nil
	}
	if f, ok := err.(*Failure); ok {
		return f
	}
	return &Failure{Method: "INFO", Err: err}
}

// informed takes an INFO within the dialog.
func (d *Dialog) informed(req *sip.Request, tx sip.ServerTransaction) {
	if h := req.GetHeader("Info-Package"); h != nil {
		// RFC 6086 §4.2.2: none was agreed on.
		d.stack.respond(req, tx, 469, "Bad Info Package", Body{}, sip.NewHeader("Recv-Info", ""))
		return
	}
	d.stack.respond(req, tx, 200, "OK", Body{})
	if digit, ok := digitOf(bodyOf(req)); ok {
		d.tell(func(e Events) { e.Digit(digit) })
	}
}

// digitOf reads the digit of an INFO: "Signal=5", "Signal= 11" (which is #), or just "5".
func digitOf(body Body) (rune, bool) {
	kind, _, _ := strings.Cut(body.Type, ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	if kind != digitRelay && kind != digitPlain {
		return 0, false
	}
	signal := ""
	for i, line := range strings.FieldsFunc(string(body.Data), func(r rune) bool { return r == '\r' || r == '\n' }) {
		key, value, found := strings.Cut(line, "=")
		switch {
		case found && strings.EqualFold(strings.TrimSpace(key), "Signal"):
			signal = value
		case !found && i == 0:
			signal = line
		}
	}
	signal = strings.ToUpper(strings.TrimSpace(signal))
	switch signal {
	case "10":
		return '*', true
	case "11":
		return '#', true
	case "12", "13", "14", "15":
		return rune('A' + signal[1] - '2'), true
	}
	if len(signal) != 1 || !strings.Contains("0123456789*#ABCD", signal) {
		return 0, false
	}
	return rune(signal[0]), true
}
