package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/fxamacker/cbor/v2"
)

// How deep and how wide a message may be. The deepest that we send is a row's data, which is
// opaque text here; 16 is twice what the rest has.
const (
	mostNested  = 16
	mostMembers = 64 // pairs of one map: the fields of a message
	mostItems   = 4096
)

var (
	toCBOR   = must(cbor.EncOptions{Time: cbor.TimeRFC3339NanoUTC, ShortestFloat: cbor.ShortestFloat16}.EncMode())
	fromCBOR = must(cbor.DecOptions{
		DupMapKey: cbor.DupMapKeyEnforcedAPF, MaxNestedLevels: mostNested, MaxMapPairs: mostMembers, MaxArrayElements: mostItems,
		IndefLength: cbor.IndefLengthForbidden, TagsMd: cbor.TagsForbidden, UTF8: cbor.UTF8RejectInvalid,
	}.DecMode())
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Encode writes a message in the encoding that contentType names; anything but TypeJSON is CBOR.
func Encode(contentType string, message any) ([]byte, error) {
	if contentType == TypeJSON {
		return json.Marshal(message)
	}
	return toCBOR.Marshal(message)
}

// Decode reads one message, which has to be all there is in data, and fills in message. Fields that this
// version does not know are passed over. An error is a Problem of the code Malformed.
func Decode(contentType string, data []byte, message any) error {
	var err error
	if contentType == TypeJSON {
		err = decodeJSON(data, message)
	} else {
		err = fromCBOR.Unmarshal(data, message)
	}
	if err != nil {
		return Problem{Code: Malformed, Message: err.Error()}
	}
	return nil
}

// EachPage reads the pages of a snapshot, decompressed, one after the other.
func EachPage(snapshot io.Reader, do func(Page) error) error {
	pages := cbor.NewDecoder(snapshot)
	for {
		var raw cbor.RawMessage
		if err := pages.Decode(&raw); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		var page Page
		if err := Decode(TypeCBOR, raw, &page); err != nil {
			return err
		}
		if err := do(page); err != nil {
			return err
		}
	}
}

func decodeJSON(data []byte, message any) error {
	if err := shallow(data); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(message); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one message")
	}
	return nil
}

// shallow refuses JSON that is nested deeper than a message with a document in it can be.
func shallow(data []byte) error {
	depth, quoted, escaped := 0, false, false
	for _, b := range data {
		switch {
		case escaped:
			escaped = false
		case quoted:
			escaped, quoted = b == '\\', b != '"'
		case b == '"':
			quoted = true
		case b == '[', b == '{':
			if depth++; depth > 2*mostNested {
				return fmt.Errorf("nested deeper than %d", 2*mostNested)
			}
		case b == ']', b == '}':
			depth--
		}
	}
	return nil
}

// CheckDocument says what is wrong with the arguments of a command, before they are read as what they are, which shows whether
// they are JSON: they are to be one object, nested no deeper than a message.
func CheckDocument(doc json.RawMessage) error {
	if err := shallow(doc); err != nil {
		return err
	}
	if start := bytes.TrimLeft(doc, " \t\r\n"); len(start) == 0 || start[0] != '{' {
		return errors.New("not one JSON object")
	}
	return nil
}
