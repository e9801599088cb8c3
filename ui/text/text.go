package text

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strings"
	"sync/atomic"

	"leadline/assets"
)

// Key is an English wording, which names a text of the program.
type Key string

// Catalogue is one language's translations by English wording.
type Catalogue map[Key]string

type state struct {
	tag   string
	texts Catalogue
}

var current atomic.Pointer[state]

func init() { current.Store(&state{tag: "en"}) }

// Languages are the languages that can be set: "en" and each folder of
// assets/translations.
func Languages() []string {
	tags := []string{"en"}
	entries, err := fs.ReadDir(assets.Translations(), ".")
	if err != nil {
		return tags
	}
	for _, e := range entries {
		if e.IsDir() && e.Name() != "en" {
			tags = append(tags, e.Name())
		}
	}
	sort.Strings(tags)
	return tags
}

// SetLanguage chooses the language by its tag: "de", "de_DE.UTF-8" and "de-AT"
// are all German. A language that is not there leaves English and is told.
func SetLanguage(tag string) error {
	short := shortTag(tag)
	if short == "en" {
		current.Store(&state{tag: "en"})
		return nil
	}
	c, err := Load(short)
	if err != nil {
		current.Store(&state{tag: "en"})
		return err
	}
	current.Store(&state{tag: short, texts: c})
	return nil
}

// shortTag is the language of a tag: "de" of "de_DE.UTF-8".
func shortTag(tag string) string {
	short := strings.ToLower(tag)
	if i := strings.IndexAny(short, "-_."); i >= 0 {
		short = short[:i]
	}
	if short == "" || short == "c" || short == "posix" {
		return "en"
	}
	return short
}

// Spoken is the language that SetLanguage chooses by a tag.
func Spoken(tag string) string {
	if short := shortTag(tag); slices.Contains(Languages(), short) {
		return short
	}
	return "en"
}

// Language is the chosen language: "en" or "de".
func Language() string { return current.Load().tag }

// Load reads and merges all files of a language. A wording that two files
// translate differently is an error that names both.
func Load(tag string) (Catalogue, error) {
	files, err := fs.Glob(assets.Translations(), path.Join(tag, "*.json"))
	if err != nil {
		return nil, fmt.Errorf("list the translations of %q: %w", tag, err)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("there is no translation into %q; languages are %s", tag, strings.Join(Languages(), ", "))
	}
	all, from := Catalogue{}, map[Key]string{}
	for _, f := range files {
		b, err := fs.ReadFile(assets.Translations(), f)
		if err != nil {
			return nil, fmt.Errorf("read the translation %s: %w", f, err)
		}
		var c Catalogue
		if err := json.Unmarshal(b, &c); err != nil {
			return nil, fmt.Errorf("read the translation %s: %w", f, err)
		}
		for k, v := range c {
			if other, twice := from[k]; twice && all[k] != v {
				return nil, fmt.Errorf("%q is %q in %s and %q in %s: keep one, in common.json when both parts of the program say it", k, all[k], other, v, f)
			}
			all[k], from[k] = v, f
		}
	}
	return all, nil
}

// T is the wording in the chosen language, with args (name, value, name,
// value …) put into its {places}. An unknown wording is shown as it is.
func T(key Key, args ...any) string {
	s, ok := current.Load().texts[key]
	if !ok {
		s = bare(key)
	}
	return fill(s, args)
}

// Tn is one for n == 1, else many; {n} is n. German and English agree in that.
func Tn(n int, one, many Key, args ...any) string {
	if n == 1 {
		return T(one, append([]any{"n", Number(int64(n))}, args...)...)
	}
	return T(many, append([]any{"n", Number(int64(n))}, args...)...)
}

// English is T in English whatever the language: the name of a widget for the
// automation door.
func English(key Key, args ...any) string { return fill(bare(key), args) }

// Sentence is what desk.Text and crm.Text are made of: a wording and the values
// of its places. It has no name of its own, so that either can be handed over as
// it is and this package imports neither.
type Sentence = struct {
	Key  string
	Args map[string]string
}

// Say is T for a sentence of the desk or the CRM; no wording is "". What stands in {why} is translated, too, where
// it is a wording of the program's own.
func Say(t Sentence) string {
	if t.Key == "" {
		return ""
	}
	return T(Key(t.Key), pairs(t.Args)...)
}

// EnglishOf is Say in English.
func EnglishOf(t Sentence) string {
	args := make([]any, 0, 2*len(t.Args))
	for k, v := range t.Args {
		args = append(args, k, v)
	}
	return English(Key(t.Key), args...)
}

func pairs(args map[string]string) []any {
	out := make([]any, 0, 2*len(args))
	for k, v := range args {
		if k == "why" {
			v = reason(v)
		}
		out = append(out, k, v)
	}
	return out
}

// reason is a sentence's {why}: where it is a wording of the program's own, in the language.
func reason(why string) string {
	if s, ok := current.Load().texts[Key(why)]; ok {
		return s
	}
	return why
}

func bare(key Key) string {
	s := string(key)
	if i := strings.IndexByte(s, '|'); i > 0 {
		return s[:i]
	}
	return s
}

// fill replaces the places in one pass, so that a value with braces in it (a
// caller's display name) is never taken for a place.
func fill(s string, args []any) string {
	if len(args) < 2 {
		return s
	}
	pairs := make([]string, 0, len(args))
	for i := 0; i+1 < len(args); i += 2 {
		pairs = append(pairs, "{"+fmt.Sprint(args[i])+"}", fmt.Sprint(args[i+1]))
	}
	return strings.NewReplacer(pairs...).Replace(s)
}
