package phone_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// unguarded are the goroutines that recover from nothing themselves, by file and function,
// and why they need not.
var unguarded = map[string]string{
	"phone.go New":                "mailbox.run recovers for each message",
	"phone.go newCall":            "mailbox.run recovers for each message",
	"phone.go Close":              "only waits",
	"line.go newLine":             "line.live recovers for each run",
	"recording.go beginRecording": "only waits",
	"recording.go closeBox":       "only waits",
	"voice.go read":               "take recovers for each packet",
	"stun.go publish":             "publicAddress recovers",
	"guard.go shaken":             "Association.Close only waits",
	"sip/incoming.go arrived":     "deletes from a map",
	"sip/incoming.go ended":       "deletes from a map",
	"sip/dialog.go unless":        "only waits",
	"media/secure/dtls.go run":    "sets a deadline",
	"audio/system.go openWith":    "keep recovers for each run, the pump for each frame",
	"audio/system.go Close":       "only waits",
	"audio/system.go needs":       "wakes others",
	"audio/slot.go swap":          "closes a file of ours",
	"audio/slot.go letGo":         "closes a device of ours",
	"audio/pump.go awake":         "wakes the pump",
	"audio/board.go start":        "tell recovers for each listener",
	"audio/fake.go Run":           "stands in for the sound card in tests",
	"demo/pbx.go serve":           "its handlers are guarded; it listens on the loopback",
	"demo/pbx.go Close":           "only waits",
	"demo/ring.go callWith":       "ring recovers",
	"demo/leg.go start":           "take recovers for each packet, send itself",
}

// TestEveryGoroutineSurvivesAPanic looks for goroutines without a deferred recover: one
// that a foreign message makes panic would end the program, and with it all calls.
func TestEveryGoroutineSurvivesAPanic(t *testing.T) {
	found, err := goroutines(".", "rig", "siptest", "pbxtest")
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 20 {
		t.Errorf("only %d goroutines were found", len(found))
	}
	stale := maps.Clone(unguarded)
	for _, g := range found {
		if g.guarded {
			continue
		}
		delete(stale, g.where)
		if unguarded[g.where] == "" {
			t.Errorf("%s (line %d): a panic in this goroutine ends the program; recover there, or say in unguarded why not", g.where, g.line)
		}
	}
	for where := range stale {
		t.Errorf("%s has no goroutine of that kind any more", where)
	}
}

func TestGoroutinesWithoutARecoverAreFound(t *testing.T) {
	const source = `package p
func survive() { if p := recover(); p != nil { log(p) } }
func guarded() { defer survive(); work() }
func bare() { work() }
func nested() { func() { defer survive(); work() }(); work() }
func a() { go func() { defer func() { _ = recover() }(); work() }() }
func b() { go guarded() }
func c(w *sync.WaitGroup) { w.Go(guarded) }
func d() { go func() { defer done(); guarded() }() }
func e() { go bare() }
func f() { go func() { work() }() }
func g() { go nested() }
func h() { time.AfterFunc(1, func() { work() }) }
func i(w *sync.WaitGroup) { w.Go(func() { bare() }) }
func j() { go func() { guarded(); work() }() }
`
	file, err := parser.ParseFile(token.NewFileSet(), "p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	var sound string
	for _, g := range launches("p.go", file, token.NewFileSet(), []*ast.File{file}) {
		name := strings.TrimPrefix(g.where, "p.go ")
		if g.guarded {
			name = strings.ToUpper(name)
		}
		sound += name
	}
	if sound != "ABCDefghij" {
		t.Errorf("guarded are %s, in capitals; want ABCDefghij", sound)
	}
}

// launch is a place that starts a goroutine.
type launch struct {
	where   string // file and function
	line    int
	guarded bool
}

// goroutines are those that the packages in and under a directory start.
func goroutines(root string, but ...string) (found []launch, err error) {
	files := token.NewFileSet()
	packages := map[string][]*ast.File{}
	err = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && slices.Contains(but, path):
			return filepath.SkipDir
		case e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
		packages[filepath.Dir(path)] = append(packages[filepath.Dir(path)], file)
		return nil
	})
	for _, all := range packages {
		for _, file := range all {
			found = append(found, launches(filepath.ToSlash(files.Position(file.Pos()).Filename), file, files, all)...)
		}
	}
	return found, err
}

// launches are the goroutines that a file of a package starts.
func launches(path string, file *ast.File, files *token.FileSet, all []*ast.File) (found []launch) {
	guards := guards{all, map[string]bool{}}
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || f.Body == nil {
			continue
		}
		ast.Inspect(f.Body, func(n ast.Node) bool {
			if what := launched(n); what != nil {
				found = append(found, launch{path + " " + f.Name.Name, files.Position(n.Pos()).Line, guards.function(what)})
			}
			return true
		})
	}
	return found
}

// launched is the function that a statement runs in another goroutine, or nil.
func launched(n ast.Node) ast.Expr {
	switch n := n.(type) {
	case *ast.GoStmt:
		return n.Call.Fun
	case *ast.CallExpr:
		if name := nameOf(n.Fun); (name == "AfterFunc" || name == "Go") && len(n.Args) > 0 {
			return n.Args[len(n.Args)-1]
		}
	}
	return nil
}

// guards knows the functions of a package.
type guards struct {
	files  []*ast.File
	asking map[string]bool // by name: those that are being looked at
}

// function reports whether a function recovers, or does nothing but call one that does.
func (g guards) function(e ast.Expr) bool {
	if f, ok := e.(*ast.FuncLit); ok {
		return g.body(f.Body)
	}
	name := nameOf(e)
	if g.asking[name] {
		return false // it calls itself
	}
	g.asking[name] = true
	defer delete(g.asking, name)
	return g.named(name, g.body)
}

func (g guards) body(b *ast.BlockStmt) bool {
	var rest []ast.Stmt
	for _, s := range b.List {
		d, ok := s.(*ast.DeferStmt)
		if !ok {
			rest = append(rest, s)
			continue
		}
		if f, ok := d.Call.Fun.(*ast.FuncLit); ok && recovers(f.Body) || g.named(nameOf(d.Call.Fun), recovers) {
			return true
		}
	}
	if len(rest) != 1 {
		return false
	}
	s, ok := rest[0].(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := s.X.(*ast.CallExpr)
	return ok && (handsOver(nameOf(call.Fun)) || g.function(call.Fun))
}

// handsOver are functions that have another goroutine do something, a guarded one.
func handsOver(name string) bool { return name == "spawn" || name == "post" }

// named reports whether all functions of a name, of which there is one at least, are so.
func (g guards) named(name string, so func(*ast.BlockStmt) bool) bool {
	known := false
	for _, file := range g.files {
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Name.Name == name && f.Body != nil {
				if known = true; !so(f.Body) {
					return false
				}
			}
		}
	}
	return known
}

// recovers finds a call of recover that isn't within a function of its own.
func recovers(b *ast.BlockStmt) (found bool) {
	ast.Inspect(b, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			found = found || nameOf(n.Fun) == "recover"
		}
		return true
	})
	return found
}

// nameOf is the last part of a function's name.
func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}
