package sdp

import (
	"errors"
	"fmt"
)

// The reasons a description is refused for; test with errors.Is.
var (
	// ErrMalformed is a body that is no session description.
	ErrMalformed = errors.New("not a valid session description")
	// ErrContentType is a body of another kind than application/sdp.
	ErrContentType = errors.New("the body is not application/sdp")
	// ErrNoAudio is a description in which no audio stream is offered or accepted.
	ErrNoAudio = errors.New("no audio stream")
	// ErrSecure is an offer of encrypted media only.
	ErrSecure = errors.New("only encrypted media offered")
	// ErrClear is a description without encryption where it is required.
	ErrClear = errors.New("encryption is required, and the other side has none")
	// ErrKeys is one of encrypted media with no keys that we can use.
	ErrKeys = errors.New("no way to agree on the keys of encrypted media")
	// ErrNoCodec is a description with no codec in common.
	ErrNoCodec = errors.New("no codec in common")
	// ErrAddress is a description that does not say where to send media.
	ErrAddress = errors.New("no usable media address")
)

// Error refuses a description and knows the SIP response that says so.
type Error struct {
	Code   int    // 400, 415 or 488
	Err    error  // one of the Err values of this package
	Detail string // what exactly was found
}

func (e *Error) Error() string {
	if e.Detail == "" {
		return fmt.Sprintf("session description: %v", e.Err)
	}
	return fmt.Sprintf("session description: %v: %s", e.Err, e.Detail)
}

func (e *Error) Unwrap() error { return e.Err }

// SIPCode is the SIP status to refuse with for an error of this package, 488
// (Not Acceptable Here) for any other.
func SIPCode(err error) int {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return 488
}

func refuse(code int, err error, format string, args ...any) *Error {
	return &Error{Code: code, Err: err, Detail: fmt.Sprintf(format, args...)}
}
