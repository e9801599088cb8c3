package config

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// Who writes the file by hand finds every key in the README, in an example that is understood as it stands.
func TestTheReadmeHasEveryKeyOfTheFile(t *testing.T) {
	readme, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(string(readme), "\n## The configuration file\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var example strings.Builder
	for line := range strings.SplitSeq(section, "\n") {
		if code, indented := strings.CutPrefix(line, "    "); indented {
			example.WriteString(code + "\n")
		}
	}
	if !ok || example.Len() == 0 {
		t.Fatal("there is no example in it")
	}
	if _, err := parse("README.md", []byte(example.String())); err != nil {
		t.Error(err)
	}
	written := scanLines([]byte(example.String()))
	for _, key := range keysOf(reflect.TypeFor[Config](), "") {
		if written[key] == 0 {
			t.Errorf("%s is not in it", key)
		}
	}
}

// keysOf are the keys of a table as lines has them; of a list of tables, those of the first.
func keysOf(table reflect.Type, path string) (keys []string) {
	for f := range table.Fields() {
		key := path + keyOf(f)
		switch {
		case f.Type.Kind() == reflect.Struct:
			keys = append(keys, keysOf(f.Type, key+".")...)
		case f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.Struct:
			keys = append(keys, keysOf(f.Type.Elem(), key+"[0].")...)
		default:
			keys = append(keys, key)
		}
	}
	return keys
}
