package e2e

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	phone "leadline/phone/rig"
)

// benches skips a test that only measures, unless that is wanted.
func benches(t *testing.T) {
	t.Helper()
	phone.Bench(t)
	if raced {
		t.Skip("the race detector would be measured")
	}
}

func spread(d []time.Duration) string {
	ms := func(q float64) string {
		return strconv.FormatFloat(float64(phone.Quantile(d, q))/float64(time.Millisecond), 'f', 2, 64)
	}
	return fmt.Sprintf("median %s ms, p99 %s ms, worst %s ms (%d)", ms(0.5), ms(0.99), ms(1), len(d))
}

// million writes a CSV of a million customers into the office and imports it;
// number is the one of the customer in the middle, name what they are called.
func (o *office) million() (number, name string) {
	o.t.Helper()
	const rows = 1_000_000
	file := filepath.Join(o.dir, "million.csv")
	f, err := os.Create(file)
	if err != nil {
		o.t.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	fmt.Fprintln(w, "First Name,Last Name,Organization Name,Phone 1 - Label,Phone 1 - Value")
	first := []string{"Anna", "Bodo", "Clara", "Dieter", "Emine", "Frank", "Greta", "Hakan"}
	for i := range rows {
		fmt.Fprintf(w, "%s,Kunde%d,Firma %d GmbH,Work,+49 30 2%07d\n", first[i%len(first)], i, i/10, i)
	}
	if err := w.Flush(); err != nil {
		o.t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		o.t.Fatal(err)
	}
	began := time.Now()
	if out, err := o.command("import", file).CombinedOutput(); err != nil {
		o.t.Fatalf("import: %v\n%s", err, out)
	}
	took := time.Since(began)
	o.t.Logf("a million customers imported in %.1f s, %.0f a second", took.Seconds(), rows/took.Seconds())
	os.Remove(file)
	return "+493020500000", "Anna Kunde500000"
}

// resident is what a program takes of the memory in bytes, shared libraries in proportion (PSS).
func resident(t *testing.T, p *phone.Process) (bytes int) {
	t.Helper()
	for _, pid := range p.Group() {
		b, err := os.ReadFile("/proc/" + pid + "/smaps_rollup")
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(b)) {
			var kb int
			if _, err := fmt.Sscanf(line, "Pss: %d kB", &kb); err == nil {
				bytes += kb << 10
			}
		}
	}
	if bytes == 0 {
		t.Fatalf("%s does not run", p.Name)
	}
	return bytes
}

// busy is the share of one core that a program takes while time passes.
func busy(p *phone.Process, during time.Duration) float64 { return phone.Busy(p.ProcessorTime, during) }

func megabytes(n int) string { return fmt.Sprintf("%.0f MB", float64(n)/1e6) }

func TestBenchMachine(t *testing.T) {
	benches(t)
	kernel, _ := exec.Command("uname", "-srm").Output()
	cpu, _ := exec.Command("sh", "-c", "sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1").Output()
	t.Logf("%s, %d cores of %s, %s", strings.TrimSpace(string(kernel)), runtime.NumCPU(), strings.TrimSpace(string(cpu)), runtime.Version())
}
