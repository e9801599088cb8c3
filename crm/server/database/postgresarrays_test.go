package database

import (
	"bytes"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"
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

// The columns of a statement stand behind each other in the connection's room, and those of the next in their place, whatever each needs.
func TestStatementsAreWrittenIntoOneRoom(t *testing.T) {
	m, r := pgtype.NewMap(), &room{}
	known, _ := m.TypeForOID(pgtype.TextArrayOID)
	own := arrays{known.Codec.(*pgtype.ArrayCodec), r}
	for _, rows := range []int{3, 500, 40, 9000, 200_000, 500} {
		var got, want, columns []byte
		var each [][]byte
		for _, text := range []string{"x", "a longer text", ""} {
			column := slices.Repeat([]string{text}, rows)
			before := len(columns)
			var err error
			if columns, err = own.PlanEncode(m, pgtype.TextArrayOID, pgtype.BinaryFormatCode, column).Encode(column, columns); err != nil {
				t.Fatal(err)
			}
			each = append(each, columns[before:])
			if want, err = m.Encode(pgtype.TextArrayOID, pgtype.BinaryFormatCode, column, want); err != nil {
				t.Fatal(err)
			}
		}
		if got = slices.Concat(each...); !bytes.Equal(got, want) || !bytes.Equal(columns, want) {
			t.Errorf("%d rows are written otherwise than by the library", rows)
		}
		if cap(r.columns) > 2*mostRoom {
			t.Errorf("%d bytes of room are kept", cap(r.columns))
		}
	}
}

// What the library sends is the same in room that is lent to it, and stands there.
func TestMessagesAreWrittenIntoLentRoom(t *testing.T) {
	var got, want bytes.Buffer
	room := make([]byte, 0, 4096)
	lender, plain := pgproto3.NewFrontend(nil, &got), pgproto3.NewFrontend(nil, &want)
	for _, size := range []int{10, 3000, 9000} {
		lender.Send(lent(room))
		for _, f := range []*pgproto3.Frontend{lender, plain} {
			f.SendBind(&pgproto3.Bind{PreparedStatement: "s", Parameters: [][]byte{bytes.Repeat([]byte("y"), size)}})
			if err := f.Flush(); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(got.Bytes(), want.Bytes()) {
			t.Errorf("a message of %d bytes is another one in lent room", size)
		}
	}
	if !bytes.Contains(room[:cap(room)], bytes.Repeat([]byte("y"), 3000)) {
		t.Error("what was sent does not stand in the lent room")
	}
}
