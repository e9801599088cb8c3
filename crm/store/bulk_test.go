package store

import (
	"fmt"
	"runtime"
	"slices"
	"testing"

	"leadline/crm"
)

func importRow(t testing.TB, name, company string, numbers ...string) ImportRow {
	t.Helper()
	n := ImportRow{Contact: crm.Contact{LastName: name}, Company: company}
	for _, written := range numbers {
		number, is := crm.ParseNumber(written, "DE", "")
		if !is {
			t.Fatalf("%q is no number", written)
		}
		n.Contact.Numbers = append(n.Contact.Numbers, number)
	}
	return n
}

// A trial says of each batch what Welcome then does, also of who is like somebody that an earlier row brought up to date,
// and others write meanwhile.
func TestATrialSaysWhatWelcomeDoes(t *testing.T) {
	come := func() [][]ImportRow { // anew each time: an import changes whom it is given
		return [][]ImportRow{
			{importRow(t, "Krüger", "Works", "030 1234567", "030 1234568"), importRow(t, "KRUGER", "", "030 1234568", "112"), importRow(t, "Weiß", "works", "030 1234567")},
			{importRow(t, "Krüger", "", "112"), importRow(t, "", "Works", "030 7"), importRow(t, "", "Works", "030 7"), importRow(t, "Groß", "Mill"), importRow(t, "gross", "MILL")},
			{importRow(t, "Ida", "", "030 111111"), importRow(t, "Ida", "", "030 111111", "0171 5550123"), importRow(t, "Ida", "", "0171 5550123"), importRow(t, "Ida", "", "113")},
		}
	}
	for d, want := range map[Duplicates]ImportCounts{
		Skip:   {Contacts: 7, Companies: 2, Skipped: 4},
		Update: {Contacts: 5, Companies: 2, Updated: 6},
		Add:    {Contacts: 10, Companies: 2},
	} {
		s, batches := open(t), come()
		var trial Trial
		var tried, done ImportCounts
		sum := func(to *ImportCounts, w ImportCounts) {
			to.Contacts, to.Companies, to.Updated, to.Skipped = to.Contacts+w.Contacts, to.Companies+w.Companies, to.Updated+w.Updated, to.Skipped+w.Skipped
		}
		s.writing.Lock() // as somebody who writes
		for _, people := range batches {
			sum(&tried, must(s.TryImport(ctx, PrepareTrial(people), d, &trial))(t))
		}
		s.writing.Unlock()
		if n := count(t, s); n != 0 {
			t.Errorf("%s: the trial wrote %d contacts", d, n)
		}
		for _, people := range batches {
			sum(&done, must(s.Import(ctx, must(s.PrepareImport(people))(t), d))(t))
		}
		if tried != done || done != want {
			t.Errorf("%s: tried %+v, did %+v, want %+v", d, tried, done, want)
		}
	}
}

// Two companies of one number are two, and so is somebody of one of them whose name nobody knows: none is taken for another, now and
// the next time.
func TestWhoSharesANumberIsNotTheSame(t *testing.T) {
	s := open(t)
	person := importRow(t, "", "Works", "030 7654321")
	person.Person = true
	for again, want := range []ImportCounts{{Companies: 2, Contacts: 1}, {Skipped: 3}, {Skipped: 3}} {
		people := []ImportRow{importRow(t, "", "Mill", "030 7654321"), importRow(t, "", "Works", "030 7654321"), person}
		if again == 2 {
			slices.Reverse(people)
		}
		if got := must(s.Import(ctx, must(s.PrepareImport(people))(t), Skip))(t); got != want {
			t.Errorf("time %d: %+v, want %+v", again+1, got, want)
		}
	}
}

// A trial holds no names of those who came: less than a hundred bytes for each.
func TestATrialHoldsLittle(t *testing.T) {
	const rows, most = 20_000, 100
	s := open(t)
	var trial Trial
	held := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC() // what is in pools goes with the second
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := held()
	for from := 0; from < rows; from += 5000 {
		people := make([]ImportRow, 5000)
		for i := range people {
			people[i] = importRow(t, fmt.Sprintf("Somebody with a name %d", from+i), fmt.Sprintf("Company with a name %d", (from+i)/2), fmt.Sprintf("0221 %07d", from+i), fmt.Sprintf("0171 %07d", from+i))
		}
		if w := must(s.TryImport(ctx, PrepareTrial(people), Skip, &trial))(t); w.Contacts != len(people) {
			t.Fatal(w)
		}
	}
	if more := int64(held() - before); more > rows*most {
		t.Errorf("%d bytes are held for each of %d", more/rows, rows)
	}
	runtime.KeepAlive(&trial)
}

// While an import goes on it remembers which numbers there are: also those that came in otherwise.
func TestAnImportKnowsWhoCameBetweenItsBatches(t *testing.T) {
	s := open(t)
	var before, between []ImportRow
	for i := range indexLater {
		before = append(before, importRow(t, fmt.Sprint("Early ", i), "", fmt.Sprintf("030 %07d", 1_000_000+i)))
		between = append(between, importRow(t, fmt.Sprint("Late ", i), "", fmt.Sprintf("030 %07d", 2_000_000+i)))
	}
	must(s.Import(ctx, must(s.PrepareImport(before))(t), Skip))(t)
	if s.taken == nil {
		t.Fatal("nothing is remembered")
	}
	ok(t, s.Do(ctx, crm.CreateContact{Contact: crm.Contact{ID: s.NewID(), LastName: "Late 7", Numbers: between[7].Contact.Numbers}}))
	between[8] = before[8]
	if w := must(s.Import(ctx, must(s.PrepareImport(between))(t), Skip))(t); w.Skipped != 2 || w.Contacts != indexLater-2 {
		t.Errorf("%+v", w)
	}
	ok(t, s.Sync(ctx))
	if s.taken != nil {
		t.Error("the import has ended and what it remembered is still there")
	}
}

// What is remembered of numbers says of none that is there that it is not, and of few that are not that they may be.
func TestTakenNumbersAreRemembered(t *testing.T) {
	var none *takenNumbers
	none.add(493020948812)
	if !none.may(1) {
		t.Error("who remembers nothing cannot know")
	}
	taken := takenNumbers{make([]uint64, 1<<takenBits/64)}
	const n = 2_000_000
	number := func(i int) crm.E164 { return crm.E164(493020000000 + i*6700417%80000000) }
	for i := range n {
		taken.add(number(i))
	}
	wrong := 0
	for i := range n {
		if !taken.may(number(i)) {
			t.Fatalf("%s is forgotten", number(i))
		}
		if taken.may(number(n + i)) {
			wrong++
		}
	}
	if wrong > n/20 {
		t.Errorf("%d of %d look like one that is there", wrong, n)
	}
}
