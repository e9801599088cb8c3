package store

import (
	"encoding/binary"
	"io"
)

// innerPages reads the inner pages of the b-trees of a file, which say where each of their leaves begins ("Database File Format",
// §1.6, at sqlite.org). SQLite says of a damaged leaf that there is one, and no way leads past it but a key from beyond.
type innerPages struct {
	file io.ReaderAt
	size int // of a page, in bytes
}

const (
	innerOfIndex = 2 // and of tables WITHOUT ROWID
	innerOfTable = 5
	innerHeader  = 12 // bytes
)

// dividers are the keys between the leaves of a b-tree, in order, with so many columns each. Of a table with rowids they are
// the last ones that may be in the leaf before; else they are rows themselves. What cannot be read is left out.
func (p innerPages) dividers(root uint32, columns int) (all [][]any) {
	p.walk(root, map[uint32]bool{}, func(cell []byte, ofTable bool) {
		if ofTable {
			if rowid, n := varint(cell); n > 0 {
				all = append(all, []any{int64(rowid)})
			}
		} else if key := p.keyOf(cell, columns); key != nil {
			all = append(all, key)
		}
	}, func(uint32) {})
	return all
}

// walk goes through the inner pages from one on, in order: cell is called with what stands between two children, leaf with
// the children that are no inner pages.
func (p innerPages) walk(page uint32, seen map[uint32]bool, cell func(content []byte, ofTable bool), leaf func(page uint32)) {
	if page == 0 || seen[page] {
		return
	}
	seen[page] = true
	b := make([]byte, p.size)
	if _, err := p.file.ReadAt(b, (int64(page)-1)*int64(p.size)); err != nil {
		return
	}
	if b[0] != innerOfIndex && b[0] != innerOfTable {
		leaf(page)
		return
	}
	for i := range int(binary.BigEndian.Uint16(b[3:])) {
		pointer := innerHeader + 2*i
		if pointer+2 > p.size {
			return
		}
		at := int(binary.BigEndian.Uint16(b[pointer:]))
		if at+4 > p.size {
			continue
		}
		p.walk(binary.BigEndian.Uint32(b[at:]), seen, cell, leaf)
		cell(b[at+4:p.size], b[0] == innerOfTable)
	}
	p.walk(binary.BigEndian.Uint32(b[8:]), seen, cell, leaf)
}

// keyOf are the first columns of the record in a cell; nil when they are not all on its page.
func (p innerPages) keyOf(cell []byte, columns int) (key []any) {
	size, n := varint(cell)
	if n == 0 {
		return nil
	}
	here := uint64(len(cell) - n)
	if whole := uint64((p.size-12)*64/255 - 23); size > whole { // the rest is on overflow pages
		here = min(here, uint64((p.size-12)*32/255-23))
	}
	record := cell[n : n+int(min(size, here))]
	header, at := varint(record)
	if at == 0 || header > uint64(len(record)) {
		return nil
	}
	types, values := record[at:header], record[header:]
	for range columns {
		kind, n := varint(types)
		if n == 0 {
			return nil
		}
		types = types[n:]
		value, length := valueOf(kind, values)
		if length < 0 {
			return nil
		}
		key, values = append(key, value), values[length:]
	}
	return key
}

// valueOf is the value of a serial type that b begins with, and how many bytes it has; -1 when it is not whole, or of no type that
// a key of ours has.
func valueOf(kind uint64, b []byte) (value any, length int) {
	switch {
	case kind == 8 || kind == 9:
		return int64(kind - 8), 0
	case kind >= 1 && kind <= 6:
		length = []int{1, 2, 3, 4, 6, 8}[kind-1]
		if length > len(b) {
			return nil, -1
		}
		n := int64(int8(b[0]))
		for _, c := range b[1:length] {
			n = n<<8 | int64(c)
		}
		return n, length
	case kind >= 12 && (kind-12)/2 <= uint64(len(b)):
		length = int((kind - 12) / 2)
		if kind%2 == 1 {
			return string(b[:length]), length
		}
		return b[:length:length], length
	}
	return nil, -1
}

// varint is the number that b begins with, in SQLite's own writing, and of how many bytes it is; 0 when it is not whole.
func varint(b []byte) (n uint64, length int) {
	for i := range min(len(b), 9) {
		if i == 8 {
			return n<<8 | uint64(b[i]), 9
		}
		n = n<<7 | uint64(b[i]&0x7f)
		if b[i] < 0x80 {
			return n, i + 1
		}
	}
	return 0, 0
}
