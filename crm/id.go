package crm

import (
	"encoding/binary"
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
