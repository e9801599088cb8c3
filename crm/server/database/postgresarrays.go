package database

import (
	"context"
	"encoding/binary"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// arrays writes the columns of bulk as PostgreSQL reads them (src/backend/utils/adt/arrayfuncs.c, array_recv), in room that is made
// once. The library plans anew how each element is written, which took a tenth of a commit's time. All else is the library's.
type arrays struct{ *pgtype.ArrayCodec }

func useArrays(_ context.Context, conn *pgx.Conn) error {
	for name, oid := range map[string]uint32{"_text": pgtype.TextArrayOID, "_int8": pgtype.Int8ArrayOID, "_bytea": pgtype.ByteaArrayOID} {
		known, ok := conn.TypeMap().TypeForOID(oid)
		if !ok {
			continue
		}
		if codec, ok := known.Codec.(*pgtype.ArrayCodec); ok {
			conn.TypeMap().RegisterType(&pgtype.Type{Name: name, OID: oid, Codec: arrays{codec}})
		}
	}
	return nil
}

// PlanEncode is pgtype.Codec's.
func (a arrays) PlanEncode(m *pgtype.Map, oid uint32, format int16, value any) pgtype.EncodePlan {
	if format == pgtype.BinaryFormatCode {
		switch value.(type) {
		case []string, []int64, [][]byte:
			return arrayPlan{}
		}
	}
	return a.ArrayCodec.PlanEncode(m, oid, format, value)
}

type arrayPlan struct{}

// Encode is pgtype.EncodePlan's. An array that is nil is NULL, as is such an element.
func (arrayPlan) Encode(value any, to []byte) ([]byte, error) {
	switch all := value.(type) {
	case []string:
		if all == nil {
			return nil, nil
		}
		size := 0
		for _, s := range all {
			size += len(s)
		}
		to = arrayHead(to, pgtype.TextOID, len(all), size, false)
		for _, s := range all {
			to = append(binary.BigEndian.AppendUint32(to, uint32(len(s))), s...)
		}
	case []int64:
		if all == nil {
			return nil, nil
		}
		const size = 8
		to = arrayHead(to, pgtype.Int8OID, len(all), size*len(all), false)
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
		to = arrayHead(to, pgtype.ByteaOID, len(all), size, slices.ContainsFunc(all, func(b []byte) bool { return b == nil }))
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

// arrayHead begins an array of n elements that have so many bytes together.
func arrayHead(to []byte, element uint32, n, size int, nulls bool) []byte {
	const head, beforeElement = 20, 4
	to = slices.Grow(to, head+n*beforeElement+size)
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
