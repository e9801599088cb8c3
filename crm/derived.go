package crm

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"

	"github.com/google/uuid"
)

// LeadID is the id of the lead that a call with a party makes. Programs that know
// the same workspace key make the same id without asking each other, so that a queue that rings
// fifty agents makes one lead (requirements.md B4). peer is Party.Key; generation counts the leads of the peer, from 1.
func LeadID(workspaceKey []byte, peer string, generation int) ID {
	return derived(hmac.New(sha256.New, workspaceKey), "lead", peer, generation)
}

// ConvertedID is the id of what a lead is converted into by the rules (F2), the same on every program.
func ConvertedID(lead ID, kind Kind) ID {
	return derived(sha256.New(), "converted", string(lead), string(kind))
}

// DealID is the id of the nth deal that a call makes for a customer who has none open (F3).
func DealID(customer Ref, n int) ID {
	return derived(sha256.New(), "deal", string(customer.Kind), string(customer.ID), n)
}

// NumberID is the id under which the leads of a number or address are counted; peer is Party.Key.
func NumberID(peer string) ID { return derived(sha256.New(), "number", peer) }

// derived is a UUIDv8 (RFC 9562 §5.8) of a hash over parts, each with its length.
func derived(h hash.Hash, parts ...any) ID {
	for _, part := range parts {
		switch part := part.(type) {
		case string:
			var length [8]byte
			binary.BigEndian.PutUint64(length[:], uint64(len(part)))
			h.Write(length[:])
			h.Write([]byte(part))
		case int:
			var number [8]byte
			binary.BigEndian.PutUint64(number[:], uint64(part))
			h.Write(number[:])
		}
	}
	var u uuid.UUID
	copy(u[:], h.Sum(nil))
	u[6] = u[6]&0x0f | 0x80
	u[8] = u[8]&0x3f | 0x80
	return ID(u.String())
}
