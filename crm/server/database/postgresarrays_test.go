package database

import (
	"bytes"
	"testing"

	"github.com/jackc/pgx/v5/pgtype"
)

// What is written for PostgreSQL is what the library writes.
func TestArraysAreWrittenAsTheLibraryDoes(t *testing.T) {
	m := pgtype.NewMap()
	for _, c := range []struct {
		oid   uint32
		value any
	}{
		{pgtype.TextArrayOID, []string{"a", "", "Söhne", `"{,}`}}, {pgtype.TextArrayOID, []string{}}, {pgtype.TextArrayOID, []string(nil)},
		{pgtype.Int8ArrayOID, []int64{0, -1, 1 << 62}}, {pgtype.Int8ArrayOID, []int64{}}, {pgtype.Int8ArrayOID, []int64(nil)},
		{pgtype.ByteaArrayOID, [][]byte{{1, 2}, {}, nil, {0}}}, {pgtype.ByteaArrayOID, [][]byte{}}, {pgtype.ByteaArrayOID, [][]byte(nil)}, {pgtype.ByteaArrayOID, [][]byte{{}}},
	} {
		known, _ := m.TypeForOID(c.oid)
		codec, ok := known.Codec.(*pgtype.ArrayCodec)
		if !ok {
			t.Fatalf("the library has %T for it", known.Codec)
		}
		want, err := m.Encode(c.oid, pgtype.BinaryFormatCode, c.value, []byte("before"))
		if err != nil {
			t.Fatal(err)
		}
		got, err := arrays{codec, &room{}}.PlanEncode(m, c.oid, pgtype.BinaryFormatCode, c.value).Encode(c.value, []byte("before"))
		if err != nil || !bytes.Equal(got, want) || (got == nil) != (want == nil) {
			t.Errorf("%#v is written as % x, %v, want % x", c.value, got, err, want)
		}
	}
}
