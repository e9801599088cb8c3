package config

import (
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// lines tells in which line of a TOML document a key stands, by its path:
// "audio.speaker", "account[1].transport". Tables stand in their header's line.
type lines map[string]int

// scanLines reads as far as data is TOML. The decoder decides what is an error.
func scanLines(data []byte) lines {
	found := lines{}
	count := map[string]int{} // of the array tables seen so far
	table := ""
	var p unstable.Parser
	p.Reset(data)
	for p.NextExpression() {
		e := p.Expression()
		switch e.Kind {
		case unstable.Table:
			path, line := keyPath(&p, "", e.Key(), count)
			table = path
			found[table] = line
		case unstable.ArrayTable:
			path, line := keyPath(&p, "", e.Key(), count)
			table = path + index(count[path])
			count[path]++
			found[table] = line
		case unstable.KeyValue:
			found.keyValue(&p, table, e, count)
		}
	}
	return found
}

func (l lines) keyValue(p *unstable.Parser, table string, e *unstable.Node, count map[string]int) {
	path, line := keyPath(p, table, e.Key(), count)
	l[path] = line
	l.value(p, path, e.Value(), count)
}

func (l lines) value(p *unstable.Parser, path string, v *unstable.Node, count map[string]int) {
	it := v.Children()
	switch v.Kind {
	case unstable.InlineTable:
		for it.Next() {
			if it.Node().Kind == unstable.KeyValue {
				l.keyValue(p, path, it.Node(), count)
			}
		}
	case unstable.Array:
		for i := 0; it.Next(); i++ {
			l.value(p, path+index(i), it.Node(), count)
		}
	}
}

// keyPath joins a dotted key to its table. A part that names an array of tables
// means its latest one (TOML 1.0, Array of Tables).
func keyPath(p *unstable.Parser, table string, key unstable.Iterator, count map[string]int) (path string, line int) {
	path = table
	for key.Next() {
		n := key.Node()
		if line == 0 {
			line = p.Shape(n.Raw).Start.Line
		}
		if path != "" {
			path += "."
		}
		path += string(n.Data)
		if c := count[path]; c > 0 && !key.IsLast() {
			path += index(c - 1)
		}
	}
	return path, line
}

func index(i int) string { return fmt.Sprintf("[%d]", i) }

// of is the line of path, or of the nearest table around it, or 0.
func (l lines) of(path string) int {
	for {
		if line, ok := l[path]; ok {
			return line
		}
		cut := strings.LastIndexAny(path, ".[")
		if cut < 0 {
			return 0
		}
		path = path[:cut]
	}
}
