package crm

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
)

// ID names a record, a call, a user or a line for ever and everywhere: a UUID
// in its canonical text. The zero ID names nothing.
type ID string

// NewID makes a UUIDv7 (RFC 9562 §5.7) of a moment and ten random bytes. Ids of
// one program grow with time, so they are written next to each other in an index.
func NewID(at time.Time, random io.Reader) (ID, error) {
	var u uuid.UUID
	if _, err := io.ReadFull(random, u[6:]); err != nil {
		return "", fmt.Errorf("read randomness for a new id: %w", err)
	}
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(at.UnixMilli()))
	copy(u[:6], ms[2:])
	u[6] = u[6]&0x0f | 0x70
	u[8] = u[8]&0x3f | 0x80
	return ID(u.String()), nil
}

// NewIDs makes ids of one moment that grow one by one: a counter that begins at random, in the 26 bits behind the moment
// (RFC 9562 §6.2, method 1), before 48 random ones. An index takes them at its end, one after the other.
func NewIDs(n int, at time.Time, random io.Reader) ([]ID, error) {
	const counterBits, tail = 26, 6
	fresh := make([]byte, 4+tail*n)
	if _, err := io.ReadFull(random, fresh); err != nil {
		return nil, fmt.Errorf("read randomness for %d new ids: %w", n, err)
	}
	counter := binary.BigEndian.Uint32(fresh) >> (32 - counterBits + 1) // half of it is room to grow
	ids, at36 := make([]ID, n), make([]byte, 0, 36*n)
	ms := uint64(at.UnixMilli())
	for i := range n {
		if counter++; counter == 1<<counterBits { // after 33 million at least
			counter, ms = 0, ms+1
		}
		var u uuid.UUID
		binary.BigEndian.PutUint64(u[:], ms<<16|0x7000|uint64(counter>>14))
		binary.BigEndian.PutUint16(u[8:], 0x8000|uint16(counter&0x3fff))
		copy(u[10:], fresh[4+tail*i:])
		at36 = hex.AppendEncode(at36, u[:4])
		for _, part := range [][]byte{u[4:6], u[6:8], u[8:10], u[10:]} {
			at36 = hex.AppendEncode(append(at36, '-'), part)
		}
	}
	text := string(at36)
	for i := range ids {
		ids[i] = ID(text[36*i : 36*i+36])
	}
	return ids, nil
}

// ParseID reads an id however a UUID can be written; the error says what was wrong.
func ParseID(s string) (ID, error) {
	u, err := uuid.Parse(s)
	if err != nil {
		return "", fmt.Errorf("id %q is not a UUID: %w", s, err)
	}
	return ID(u.String()), nil
}

// IDFromBytes is the ID of 16 bytes as Bytes gave them.
func IDFromBytes(b []byte) (ID, error) {
	u, err := uuid.FromBytes(b)
	if err != nil {
		return "", fmt.Errorf("id of %d bytes: %w", len(b), err)
	}
	return ID(u.String()), nil
}

// Bytes are the 16 bytes of the id; nil for the zero ID and for what is no UUID.
func (id ID) Bytes() []byte {
	if id == "" {
		return nil
	}
	u, err := uuid.Parse(string(id))
	if err != nil {
		return nil
	}
	return u[:]
}

// Kind is a kind of record.
type Kind string

const (
	KindContact Kind = "contact"
	KindCompany Kind = "company"
	KindLead    Kind = "lead"
	KindDeal    Kind = "deal"
)

// Ref points to a record. The zero Ref points nowhere.
type Ref struct {
	Kind Kind `json:"kind,omitempty"`
	ID   ID   `json:"id,omitempty"`
}

// None says whether the ref points nowhere.
func (r Ref) None() bool { return r.ID == "" }
