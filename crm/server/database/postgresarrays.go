package database

import (
	"context"
	"encoding/binary"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// arrays writes the columns of bulk as PostgreSQL reads them (src/backend/utils/adt/arrayfuncs.c, array_recv), in the connection's
// room. The library plans anew how each element is written, which took a tenth of a commit's time. All else is the library's.
type arrays struct {
	*pgtype.ArrayCodec
	room *room
}

// room is what a connection writes its statements into, one after the other: the library makes room anew for each, and copies what
// is there each time that it grows.
type room struct {
	columns []byte // of one statement
	message []byte // all that goes to PostgreSQL at once
	written int    // bytes of columns, since message was lent
}

const mostRoom = 4 << 20 // that a connection keeps

// ofConnection is the key of its room among what belongs to a connection.
const ofConnection = "leadline.room"

func useArrays(_ context.Context, conn *pgx.Conn) error {
	r := &room{}
	conn.PgConn().CustomData()[ofConnection] = r
	for name, oid := range map[string]uint32{"_text": pgtype.TextArrayOID, "_int8": pgtype.Int8ArrayOID, "_bytea": pgtype.ByteaArrayOID} {
		known, ok := conn.TypeMap().TypeForOID(oid)
		if !ok {
			continue
		}
		if codec, ok := known.Codec.(*pgtype.ArrayCodec); ok {
			conn.TypeMap().RegisterType(&pgtype.Type{Name: name, OID: oid, Codec: arrays{codec, r}})
		}
	}
	return nil
}

// PlanEncode is pgtype.Codec's.
func (a arrays) PlanEncode(m *pgtype.Map, oid uint32, format int16, value any) pgtype.EncodePlan {
	if format == pgtype.BinaryFormatCode {
		switch value.(type) {
		case []string, []int64, [][]byte:
			return arrayPlan{a.room}
		}
	}
	return a.ArrayCodec.PlanEncode(m, oid, format, value)
}

type arrayPlan struct{ room *room }

// Encode is pgtype.EncodePlan's. An array that is nil is NULL, as is such an element.
func (p arrayPlan) Encode(value any, to []byte) ([]byte, error) {
	switch all := value.(type) {
	case []string:
		if all == nil {
			return nil, nil
		}
		size := 0
		for _, s := range all {
			size += len(s)
		}
		to = p.head(to, pgtype.TextOID, len(all), size, false)
		for _, s := range all {
			to = append(binary.BigEndian.AppendUint32(to, uint32(len(s))), s...)
		}
	case []int64:
		if all == nil {
			return nil, nil
		}
		const size = 8
		to = p.head(to, pgtype.Int8OID, len(all), size*len(all), false)
		for _, n := range all {
			to = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(to, size), uint64(n))
		}
	case [][]byte:
		if all == nil {
			return nil, nil
		}
		size := 0
		for _, b := range all {
			size += len(b)
		}
		to = p.head(to, pgtype.ByteaOID, len(all), size, slices.ContainsFunc(all, func(b []byte) bool { return b == nil }))
		for _, b := range all {
			length := uint32(len(b))
			if b == nil {
				length = ^uint32(0)
			}
			to = append(binary.BigEndian.AppendUint32(to, length), b...)
		}
	}
	return to, nil
}

// grow has room for n more bytes behind those of the statement that are there.
func (r *room) grow(to []byte, n int) []byte {
	r.written += n
	need := len(to) + n
	if need <= cap(to) || need > mostRoom {
		return slices.Grow(to, n)
	}
	if need > cap(r.columns) {
		r.columns = make([]byte, 0, 2*need)
	}
	return append(r.columns[:0], to...)
}

// lend has the library write the next messages into the room, instead of one that begins with 1 KB.
func (r *room) lend(conn *pgconn.PgConn) {
	if r.written > cap(r.message) && r.written <= mostRoom {
		r.message = make([]byte, 0, r.written+r.written/4)
	}
	r.written = 0
	conn.Frontend().Send(lent(r.message))
}

// lent is no message: what is sent after it is written there.
type lent []byte

func (lent) Frontend()           {}
func (lent) Decode([]byte) error { return nil }

func (l lent) Encode(before []byte) ([]byte, error) {
	if cap(l) < cap(before) {
		return before, nil
	}
	return append(l[:0], before...), nil
}

// head begins an array of n elements that have so many bytes together.
func (p arrayPlan) head(to []byte, element uint32, n, size int, nulls bool) []byte {
	const head, beforeElement = 20, 4
	to = p.room.grow(to, head+n*beforeElement+size)
	number := func(n uint32) { to = binary.BigEndian.AppendUint32(to, n) }
	null := uint32(0)
	if nulls {
		null = 1
	}
	number(1) // dimension
	number(null)
	number(element)
	number(uint32(n))
	number(1) // is the first one's number
	return to
}
