package text_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"

	"leadline/crm"
	"leadline/crm/exchange"
	"leadline/crm/store"
	"leadline/ui/text"
)

// roots are the folders whose texts reach a person.
var roots = []string{"../../ui", "../../crm", "../../cmd"}

// reader finds the wordings in Go sources without type checking: what is of type
// text.Key by its declaration, and desk.Text and crm.Text by their field Key.
type reader struct {
	fset    *token.FileSet
	files   []*ast.File
	pkg     string            // of the file that is looked at
	params  map[string][]int  // function or method → which arguments are keys
	results map[string]bool   // functions that return a key
	fields  map[string]bool   // names of struct fields that are keys
	structs map[string][]bool // struct type → which fields, in order, are keys
	found   map[text.Key]string
}

func read(t *testing.T) *reader {
	t.Helper()
	r := &reader{
		fset:    token.NewFileSet(),
		params:  map[string][]int{"T": {0}, "Tn": {1, 2}, "English": {0}, "Key": {0}},
		results: map[string]bool{},
		fields:  map[string]bool{"Key": true},
		structs: map[string][]bool{"Text": {true, false}, "Sentence": {true, false}},
		found:   map[text.Key]string{},
	}
	for _, root := range roots {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			f, err := parser.ParseFile(r.fset, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			r.files = append(r.files, f)
			return nil
		})
		if err != nil {
			t.Fatalf("read the sources of %s: %v", root, err)
		}
	}
	for _, f := range r.files {
		r.pkg = f.Name.Name
		r.declarations(f)
	}
	for _, f := range r.files {
		r.pkg = f.Name.Name
		r.uses(f)
	}
	return r
}

// isKey is the type text.Key; within its package it is Key. Other packages have keys of their own.
func (r *reader) isKey(e ast.Expr) bool {
	switch x := e.(type) {
	case *ast.SelectorExpr:
		p, ok := x.X.(*ast.Ident)
		return ok && p.Name == "text" && x.Sel.Name == "Key"
	case *ast.Ident:
		return x.Name == "Key" && r.pkg == "text"
	case *ast.Ellipsis:
		return r.isKey(x.Elt)
	}
	return false
}

// isText is the type desk.Text or crm.Text.
func isText(e ast.Expr) bool {
	switch x := e.(type) {
	case *ast.SelectorExpr:
		return x.Sel.Name == "Text"
	case *ast.Ident:
		return x.Name == "Text"
	}
	return false
}

func (r *reader) declarations(f *ast.File) {
	ast.Inspect(f, func(n ast.Node) bool {
		switch d := n.(type) {
		case *ast.FuncDecl:
			saysText := d.Type.Results != nil && len(d.Type.Results.List) > 0 && isText(d.Type.Results.List[0].Type)
			i := 0
			var keys []int
			for _, p := range d.Type.Params.List {
				for k := range max(1, len(p.Names)) {
					id, isIdent := p.Type.(*ast.Ident)
					// A package that may not import ui/text has helpers from a wording to a Text.
					helper := saysText && isIdent && id.Name == "string" && len(p.Names) > 0 && p.Names[k].Name == "key"
					if r.isKey(p.Type) || helper {
						keys = append(keys, i)
					}
					i++
				}
			}
			if len(keys) > 0 {
				r.params[d.Name.Name] = keys
			}
			if d.Type.Results != nil {
				for _, p := range d.Type.Results.List {
					r.results[d.Name.Name] = r.results[d.Name.Name] || r.isKey(p.Type)
				}
			}
		case *ast.TypeSpec:
			if s, ok := d.Type.(*ast.StructType); ok {
				r.structs[d.Name.Name] = r.keyFields(s)
			}
		case *ast.StructType:
			r.keyFields(d)
		}
		return true
	})
}

func (r *reader) keyFields(s *ast.StructType) []bool {
	var out []bool
	for _, f := range s.Fields.List {
		for k := range max(1, len(f.Names)) {
			out = append(out, r.isKey(f.Type))
			if r.isKey(f.Type) && len(f.Names) > 0 {
				r.fields[f.Names[k].Name] = true
			}
		}
	}
	return out
}

// closures are the functions that a function gives names to itself, as r.params.
func (r *reader) closures(d *ast.FuncDecl) map[string][]int {
	found := map[string][]int{}
	ast.Inspect(d, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if !ok || len(a.Lhs) != len(a.Rhs) {
			return true
		}
		for at := range a.Lhs {
			name, isIdent := a.Lhs[at].(*ast.Ident)
			fn, isFunc := a.Rhs[at].(*ast.FuncLit)
			if !isIdent || !isFunc {
				continue
			}
			i := 0
			for _, p := range fn.Type.Params.List {
				for range max(1, len(p.Names)) {
					if r.isKey(p.Type) {
						found[name.Name] = append(found[name.Name], i)
					}
					i++
				}
			}
		}
		return true
	})
	return found
}

func (r *reader) uses(f *ast.File) {
	var function string
	var closures map[string][]int
	ast.Inspect(f, func(n ast.Node) bool {
		switch e := n.(type) {
		case *ast.FuncDecl:
			function, closures = e.Name.Name, r.closures(e)
		case *ast.CallExpr:
			var keys []int
			switch fn := e.Fun.(type) {
			case *ast.Ident:
				var local bool
				if keys, local = closures[fn.Name]; !local {
					keys = r.params[fn.Name]
				}
			case *ast.SelectorExpr:
				keys = r.params[fn.Sel.Name]
			}
			for _, i := range keys {
				if i < len(e.Args) {
					r.take(e.Args[i])
				}
			}
		case *ast.CompositeLit:
			r.literal(e, e.Type)
		case *ast.ReturnStmt:
			if r.results[function] {
				for _, v := range e.Results {
					r.take(v)
				}
			}
		case *ast.ValueSpec:
			if e.Type != nil && r.isKey(e.Type) {
				for _, v := range e.Values {
					r.take(v)
				}
			}
		}
		return true
	})
}

// literal looks into a composite literal of a type that may be left out inside a list.
func (r *reader) literal(lit *ast.CompositeLit, typ ast.Expr) {
	switch t := typ.(type) {
	case *ast.ArrayType:
		for _, el := range lit.Elts {
			if kv, ok := el.(*ast.KeyValueExpr); ok {
				el = kv.Value
			}
			r.element(el, t.Elt)
		}
		return
	case *ast.MapType:
		for _, el := range lit.Elts {
			if kv, ok := el.(*ast.KeyValueExpr); ok {
				r.element(kv.Key, t.Key)
				r.element(kv.Value, t.Value)
			}
		}
		return
	}
	var keys []bool
	switch t := typ.(type) {
	case *ast.StructType:
		keys = r.keyFields(t)
	case *ast.Ident:
		keys = r.structs[t.Name]
	case *ast.SelectorExpr:
		keys = r.structs[t.Sel.Name]
	}
	for i, el := range lit.Elts {
		if kv, ok := el.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok && r.fields[id.Name] {
				r.take(kv.Value)
			}
		} else if i < len(keys) && keys[i] {
			r.take(el)
		}
	}
}

func (r *reader) element(el, typ ast.Expr) {
	if r.isKey(typ) {
		r.take(el)
	} else if c, ok := el.(*ast.CompositeLit); ok && c.Type == nil {
		r.literal(c, typ)
	}
}

// take notes a string literal, or several put together.
func (r *reader) take(e ast.Expr) {
	s, ok := constant(e)
	if ok && s != "" {
		r.found[text.Key(s)] = r.fset.Position(e.Pos()).String()
	}
}

func constant(e ast.Expr) (string, bool) {
	switch x := e.(type) {
	case *ast.BasicLit:
		if x.Kind != token.STRING {
			return "", false
		}
		s, err := strconv.Unquote(x.Value)
		return s, err == nil
	case *ast.BinaryExpr:
		a, okA := constant(x.X)
		b, okB := constant(x.Y)
		return a + b, okA && okB && x.Op == token.ADD
	case *ast.ParenExpr:
		return constant(x.X)
	}
	return "", false
}

func TestEveryTextIsTranslatedAndUsed(t *testing.T) {
	used := read(t).found
	// What the CRM says stands in constants that a decision picks from.
	for _, list := range [][]string{crm.Texts(), store.EventTexts, exchange.MisfitTexts} {
		for _, s := range list {
			used[text.Key(s)] = "crm"
		}
	}
	for _, s := range store.DemoTexts {
		used[text.Key(s+"|demo")] = "the demo"
	}
	if len(used) < 20 {
		t.Fatalf("only %d wordings found in the sources: the reader is blind", len(used))
	}
	for _, tag := range text.Languages() {
		if tag == "en" {
			continue
		}
		c, err := text.Load(tag)
		if err != nil {
			t.Fatal(err)
		}
		var missing, unused []string
		for k, at := range used {
			if c[k] == "" && hasLetter(string(k)) {
				missing = append(missing, at+": "+strconv.Quote(string(k)))
			}
		}
		for k := range c {
			if _, ok := used[k]; !ok {
				unused = append(unused, strconv.Quote(string(k)))
			}
		}
		sort.Strings(missing)
		sort.Strings(unused)
		for _, m := range missing {
			t.Errorf("%s: not translated, used at %s", tag, m)
		}
		for _, u := range unused {
			t.Errorf("%s: translated and not used: %s", tag, u)
		}
	}
}

func hasLetter(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' })
}

// A translation keeps the places of its wording, or a value is lost on the way.
func TestTranslationsKeepPlaces(t *testing.T) {
	for _, tag := range text.Languages() {
		if tag == "en" {
			continue
		}
		c, err := text.Load(tag)
		if err != nil {
			t.Fatal(err)
		}
		for k, v := range c {
			if got, want := places(v), places(string(k)); got != want {
				t.Errorf("%s: %q has the places %s, its translation %q has %s", tag, k, want, v, got)
			}
		}
	}
}

func places(s string) string {
	var out []string
	for {
		_, rest, ok := strings.Cut(s, "{")
		if !ok {
			break
		}
		name, tail, ok := strings.Cut(rest, "}")
		if !ok {
			break
		}
		out = append(out, name)
		s = tail
	}
	sort.Strings(out)
	return strings.Join(out, ",")
}
