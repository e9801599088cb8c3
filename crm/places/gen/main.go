// Command gen writes the tables of package places from those of the phonenumbers
// module that go.mod names: go generate ./crm/places.
package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// languages are those that Leadline speaks.
var languages = []string{"de", "en"}

func main() {
	log.SetFlags(0)
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/nyaruka/phonenumbers").Output()
	if err != nil {
		log.Fatal(err)
	}
	for _, lang := range languages {
		from := filepath.Join(strings.TrimSpace(string(dir)), "data", "prefix_to_geocodings", lang+".txt.gz")
		prefixes, err := read(from)
		if err != nil {
			log.Fatalf("%s: %v", from, err)
		}
		table, err := prefixes.table()
		if err != nil {
			log.Fatalf("%s: %v", from, err)
		}
		if err := os.WriteFile(lang+".bin", table, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

// prefixes are the library's: each prefix with the index of its name.
type prefixes struct {
	names  []string
	prefix []uint32 // ascending
	nameOf []uint16
}

// read reads a file of the library: the length of the names, the names a line
// each, the count of prefixes, and for each its distance from the one before
// and the index of its name.
func read(file string) (prefixes, error) {
	var p prefixes
	f, err := os.Open(file)
	if err != nil {
		return p, err
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		return p, err
	}
	r := bufio.NewReader(unzipped)

	var size uint32
	if err := binary.Read(r, binary.LittleEndian, &size); err != nil {
		return p, err
	}
	names := make([]byte, size)
	if _, err := io.ReadFull(r, names); err != nil {
		return p, err
	}
	p.names = strings.Split(string(names), "\n")

	var count uint32
	if err := binary.Read(r, binary.LittleEndian, &count); err != nil {
		return p, err
	}
	last := uint64(0)
	for range count {
		distance, err := binary.ReadUvarint(r)
		if err != nil {
			return p, err
		}
		last += distance
		if last > math.MaxUint32 {
			return p, fmt.Errorf("prefix %d is too long", last)
		}
		var name uint16
		if err := binary.Read(r, binary.LittleEndian, &name); err != nil {
			return p, err
		}
		if int(name) >= len(p.names) {
			return p, fmt.Errorf("prefix %d: no name %d", last, name)
		}
		p.prefix = append(p.prefix, uint32(last))
		p.nameOf = append(p.nameOf, name)
	}
	return p, nil
}

// table lays the prefixes out as package places searches them.
func (p prefixes) table() ([]byte, error) {
	var b bytes.Buffer
	var names strings.Builder
	ends := make([]uint32, len(p.names))
	for i, n := range p.names {
		names.WriteString(n)
		ends[i] = uint32(names.Len())
	}
	for _, part := range []any{uint32(len(p.prefix)), p.prefix, p.nameOf, uint32(len(ends)), ends} {
		if err := binary.Write(&b, binary.LittleEndian, part); err != nil {
			return nil, err
		}
	}
	b.WriteString(names.String())
	return b.Bytes(), nil
}
