package front

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/server/access"
	"leadline/crm/server/ledger"
)

// D3: the PBX has its answer within 50 ms, while a customer waits. 50,000 contacts, over HTTP on loopback. On a machine that is too
// busy for that the answer is empty, as it is to be: how many were is told.
func BenchmarkRoute(b *testing.B) {
	o := open(b)
	o.front.RouteTime = routeTime
	system := ledger.Sender{System: true}
	anna := crm.User{ID: "01900000-0000-7000-8000-000000000001", Name: "Anna", Extension: "101"}
	line := crm.Line{ID: "01900000-0000-7000-8000-000000000002", Name: "Sales", SendToResponsible: true}
	changes := []crm.Change{crm.SaveUser{User: anna}, crm.SaveLine{Line: line}}
	const customers, piece = 50_000, 1000
	for from := 0; from < customers; from += piece {
		var some crm.ImportContacts
		for i := from; i < from+piece; i++ {
			c := contact(b, o.access, "Meier", fmt.Sprintf("+4930%07d", 1_000_000+i))
			c.Responsible = anna.ID
			some.Contacts = append(some.Contacts, c)
		}
		changes = append(changes, some)
	}
	for _, c := range changes {
		if err := o.front.company.Do(b.Context(), o.workspace, system, c); err != nil {
			b.Fatal(err)
		}
	}
	_, key, err := o.access.AddKey(b.Context(), o.workspace, "", "PBX", []string{access.ScopeRoute})
	if err != nil {
		b.Fatal(err)
	}
	var took []time.Duration
	late := 0
	for i := 0; b.Loop(); i++ {
		o.clock.advance(time.Second) // limits are for others
		r, err := http.NewRequest("GET", fmt.Sprintf("%s/v1/route?caller=%%2B4930%07d&line=Sales", o.url, 1_000_000+i*7919%customers), nil)
		if err != nil {
			b.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+string(key))
		o.front.board.set(o.workspace, anna.ID, "device", "free", o.clock.now(), o.clock.now())
		began := time.Now()
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			b.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		took = append(took, time.Since(began))
		if err != nil || string(body) != "101" && len(body) > 0 {
			b.Fatalf("%q %v", body, err)
		}
		if len(body) == 0 {
			late++
		}
	}
	if late == len(took) {
		b.Fatal("no answer was in time")
	}
	b.ReportMetric(100*float64(late)/float64(len(took)), "late-%")
	slices.Sort(took)
	for name, part := range map[string]float64{"p50-µs": .5, "p99-µs": .99} {
		b.ReportMetric(float64(took[int(part*float64(len(took)-1))].Microseconds()), name)
	}
}
