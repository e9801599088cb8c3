package sim

import (
	"flag"
	"io"
	"log/slog"
	"os"
	"testing"
	"testing/synctest"
)

var (
	seeds   = flag.Int("seeds", 20, "how many seeds are run")
	first   = flag.Uint64("seed", 1, "the first seed")
	steps   = flag.Int("steps", 120, "how much happens in each")
	verbose = flag.Bool("sim.log", false, "write what programs and server log")
)

// run runs one world in a bubble of its own.
func run(t *testing.T, o Options) (err error) {
	t.Helper()
	o.Dir, o.Steps = t.TempDir(), *steps
	var out io.Writer = io.Discard
	if *verbose {
		out = os.Stderr
	}
	o.Log = slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	synctest.Test(t, func(t *testing.T) { err = Run(t.Context(), o) })
	return err
}

// Whatever goes wrong between programs and server, in the end all have the same and nothing is lost.
func TestAllComesTogetherWhateverGoesWrong(t *testing.T) {
	for seed := *first; seed < *first+uint64(*seeds); seed++ {
		if err := run(t, Options{Seed: seed}); err != nil {
			t.Fatalf("%v\nrepeat it: go test -tags sqlite_fts5 ./crm/sim -run %s -seed %d -seeds 1 -sim.log", err, t.Name(), seed)
		}
	}
}

// Each way of breaking the protocol is noticed, and that it is noticed does not come of the world alone: the same
// seeds pass when nothing is broken.
func TestABrokenProtocolIsNoticed(t *testing.T) {
	for _, m := range Mutants {
		t.Run(string(m), func(t *testing.T) {
			const tries = 25
			for seed := uint64(1); seed <= tries; seed++ {
				if err := run(t, Options{Seed: seed, Mutant: m}); err != nil {
					t.Logf("noticed: %.300s", err)
					return
				}
			}
			t.Errorf("not noticed in %d seeds", tries)
		})
	}
}

// A failure can be looked at again: the same seed is the same run.
func TestTheSameSeedIsTheSameRun(t *testing.T) {
	var before string
	for range 2 {
		var end string
		if err := run(t, Options{Seed: *first, End: func(s string) { end = s }}); err != nil {
			t.Fatal(err)
		}
		if before == "" {
			before = end
		}
		if end != before {
			t.Errorf("another end:\n%s\n%s", before, end)
		}
	}
}
