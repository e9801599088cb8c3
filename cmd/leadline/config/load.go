package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"leadline/crm/disk"
)

// Problem is one thing in the file that can't be used.
type Problem struct {
	Line   int    // 1 for the first; 0 when it concerns the whole file
	Key    string // "account[0].transport"; "" when the file is no TOML there
	Reason string
}

// Error is why a file was refused: every problem of it, by line.
type Error struct {
	File     string
	Problems []Problem
}

// Error has one line per problem: file:line: key: reason.
func (e *Error) Error() string {
	var b strings.Builder
	for i, p := range e.Problems {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(e.File)
		if p.Line > 0 {
			fmt.Fprintf(&b, ":%d", p.Line)
		}
		if p.Key != "" {
			b.WriteString(": " + p.Key)
		}
		b.WriteString(": " + p.Reason)
	}
	return b.String()
}

// Load reads and checks file. A missing file is an error that wraps
// fs.ErrNotExist, one with problems is an *Error.
func Load(file string) (Config, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return Config{}, fmt.Errorf("read the configuration: %w", err)
	}
	if err != nil {
		return Config{}, fmt.Errorf("read the configuration: %w; check that the file is yours", err)
	}
	c, err := parse(file, data)
	if err != nil {
		return Config{}, err
	}
	// Beside the file, not beside wherever the program was started from.
	dir, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		return Config{}, fmt.Errorf("find the folder of the configuration %s: %w", file, err)
	}
	for _, path := range c.paths() {
		if *path != "" && !filepath.IsAbs(*path) {
			*path = filepath.Join(dir, *path)
		}
	}
	for _, device := range c.devices() {
		if path, ok := strings.CutPrefix(*device, filePrefix); ok && !filepath.IsAbs(path) {
			*device = filePrefix + filepath.Join(dir, path)
		}
	}
	if c.Data == "" {
		if c.Data, err = DefaultData(); err != nil {
			return Config{}, err
		}
	}
	return c, nil
}

// paths are all that name a file or a folder.
func (c *Config) paths() []*string {
	paths := []*string{&c.Data}
	for i := range c.Accounts {
		a := &c.Accounts[i]
		paths = append(paths, &a.CA, &a.Certificate, &a.Key)
	}
	return paths
}

// devices are all that may name a file in the place of a device.
func (c *Config) devices() []*string {
	return []*string{&c.Audio.Microphone, &c.Audio.Speaker, &c.Audio.Ringer, &c.Audio.HoldMusic}
}

// Default is the configuration of a program that has no file yet.
func Default() (Config, error) {
	dir, err := DefaultData()
	c := Config{Data: dir}
	c.fill()
	return c, err
}

// parse is Load without the file system.
func parse(file string, data []byte) (Config, error) {
	var c Config
	var problems []Problem
	decoder := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields()
	if err := decoder.Decode(&c); err != nil {
		var unknown *toml.StrictMissingError
		if !errors.As(err, &unknown) {
			// Half a Config says nothing about the rest of the file.
			return Config{}, &Error{File: file, Problems: []Problem{syntax(err)}}
		}
		for _, e := range unknown.Errors {
			line, _ := e.Position()
			problems = append(problems, Problem{line, strings.Join(e.Key(), "."), "unknown key" + known(e.Key())})
		}
	}
	c.fill()
	where := scanLines(data)
	c.check(func(path, reason string) {
		problems = append(problems, Problem{where.of(path), path, reason})
	})
	if len(problems) > 0 {
		sort.SliceStable(problems, func(i, j int) bool { return problems[i].Line < problems[j].Line })
		return Config{}, &Error{File: file, Problems: problems}
	}
	return c, nil
}

// syntax is a decoder's error in a line. Its message, not its excerpt: that one
// quotes the lines around, and a password may be among them.
func syntax(err error) Problem {
	var d *toml.DecodeError
	if errors.As(err, &d) {
		line, _ := d.Position()
		return Problem{line, strings.Join(d.Key(), "."), strings.TrimPrefix(d.Error(), "toml: ")}
	}
	return Problem{Reason: strings.TrimPrefix(err.Error(), "toml: ")}
}

// known lists the keys that would have been understood in the place of key.
func known(key toml.Key) string {
	table := reflect.TypeFor[Config]()
	for _, name := range key[:len(key)-1] {
		var ok bool
		if table, ok = tableOf(table, name); !ok {
			return ""
		}
	}
	var list []string
	for f := range table.Fields() {
		list = append(list, keyOf(f))
	}
	return "; known here are " + strings.Join(list, ", ")
}

// tableOf is the table of a name within a table.
func tableOf(in reflect.Type, name string) (table reflect.Type, ok bool) {
	for f := range in.Fields() {
		if keyOf(f) == name {
			table = f.Type
		}
	}
	if table != nil && table.Kind() == reflect.Slice {
		table = table.Elem()
	}
	return table, table != nil && table.Kind() == reflect.Struct
}

func keyOf(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("toml"), ",")
	return name
}

// Save checks c and writes it to file, whole or not at all, readable by its owner only.
func Save(file string, c Config) error {
	usual, err := DefaultData()
	if err == nil && c.Data == usual {
		c.Data = ""
	}
	data, err := encode(c)
	if err != nil {
		return fmt.Errorf("save the configuration: %w", err)
	}
	if _, err := parse(file, data); err != nil {
		return fmt.Errorf("save the configuration: %w", err)
	}
	if err := disk.WriteFile(file, data); err != nil {
		return fmt.Errorf("save the configuration: %w", err)
	}
	return nil
}

func encode(c Config) ([]byte, error) {
	return toml.Marshal(c.shorten())
}
