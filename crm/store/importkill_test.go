package store

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"leadline/crm"
)

const (
	killedImportEnv = "LEADLINE_TEST_KILLED_IMPORT"
	importedBatches = 12
	importedAtOnce  = indexLater + 100
)

// importUntilKilled imports batch after batch and says which are acknowledged.
func importUntilKilled(path string) {
	s, err := Open(ctx, path, Options{})
	for n := 0; err == nil && n < importedBatches; n++ {
		if err = importBatch(s, n); err == nil {
			fmt.Println("batch", n)
		}
	}
	if err == nil {
		err = s.WaitIndexed(ctx)
	}
	fmt.Println("end", err)
	time.Sleep(time.Minute)
}

func importBatch(s *Store, n int) error {
	people := make([]ImportRow, importedAtOnce)
	for i := range people {
		k := n*importedAtOnce + i
		number, _ := crm.ParseNumber(fmt.Sprintf("0221 %07d", k*7919%10_000_000), "DE", "")
		people[i] = ImportRow{Contact: crm.Contact{FirstName: "Ida", LastName: fmt.Sprintf("Person%05d", k), Numbers: []crm.Number{number}}, Company: fmt.Sprintf("Works%05d", k/7)}
	}
	rows, err := s.PrepareImport(people)
	if err == nil {
		_, err = s.Import(ctx, rows, Skip)
	}
	return err
}

func count(t *testing.T, s *Store) (contacts int) {
	t.Helper()
	ok(t, s.readDB.QueryRow("SELECT count(*) FROM contact").Scan(&contacts))
	return contacts
}

// What an import writes is not looked at for where it points; it points to what is there all the same, and what is written
// after it is looked at.
func TestAnImportPointsToWhatIsThere(t *testing.T) {
	s := open(t)
	ok(t, importBatch(s, 0))
	ok(t, importBatch(s, 1))
	var on, astray int
	ok(t, s.writer.QueryRowContext(ctx, "PRAGMA foreign_keys").Scan(&on))
	ok(t, s.writer.QueryRowContext(ctx, "SELECT count(*) FROM pragma_foreign_key_check").Scan(&astray))
	if on != 1 || astray != 0 {
		t.Errorf("foreign keys %d, %d rows point to nothing", on, astray)
	}
}

// An import that is killed leaves whole batches, all that were acknowledged among them; done once
// more it makes no doubles, and everybody is found.
func TestAKilledImportCanBeRepeated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "leadline.db")
	batches := 0
	for range 6 {
		program := exec.Command(os.Args[0], "-test.run=^$")
		program.Env = append(os.Environ(), killedImportEnv+"="+path)
		out, err := program.StdoutPipe()
		ok(t, err)
		ok(t, program.Start())
		kill := func() { _ = program.Process.Kill() }
		last := rand.IntN(importedBatches) // soon after it was acknowledged: within another one, or while it is indexed
		for said := bufio.NewScanner(out); said.Scan(); {
			var n int
			if _, err := fmt.Sscanf(said.Text(), "batch %d", &n); err != nil {
				if said.Text() != "end <nil>" {
					t.Errorf("the program said %q", said.Text())
				}
				kill()
				continue
			}
			batches = max(batches, n+1)
			if n == last {
				time.AfterFunc(rand.N(50*time.Millisecond), kill)
			}
		}
		_ = program.Wait()
		s := openAt(t, path)
		if total := count(t, s); total%importedAtOnce != 0 || total < batches*importedAtOnce {
			t.Fatalf("%d contacts, %d batches of %d were acknowledged", total, batches, importedAtOnce)
		}
		ok(t, s.Close())
	}
	s := openAt(t, path)
	for n := range importedBatches {
		ok(t, importBatch(s, n))
	}
	const all = importedBatches * importedAtOnce
	if total := count(t, s); total != all {
		t.Errorf("%d contacts, not %d", total, all)
	}
	ok(t, s.WaitIndexed(ctx))
	for _, k := range []int{0, 1, importedAtOnce, all / 2, all - 1} {
		name := fmt.Sprintf("Ida Person%05d", k)
		for _, typed := range []string{name, fmt.Sprintf("ida works%05d", k/7), fmt.Sprintf("0221%07d", k*7919%10_000_000), fmt.Sprintf("%07d", k*7919%10_000_000)[1:]} {
			if found := must(s.Search(ctx, typed, 128))(t); !hasName(found, name) {
				t.Errorf("%q does not find %s", typed, name)
			}
		}
	}
}
