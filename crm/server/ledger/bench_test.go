package ledger

import (
	"fmt"
	"testing"
	"time"

	"leadline/crm"
)

// What a note on a call takes, as it is saved again and again while somebody types, 128 to a transaction.
func BenchmarkNote(b *testing.B) {
	c := newCompany(b)
	ensure, call := c.ring(c.anna, 1, c.now)
	c.do(c.as(c.anna), ensure)
	c.do(c.as(c.anna), call)
	at := c.now
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i%128 == 0 {
			c.next()
		}
		at = at.Add(time.Millisecond)
		note := crm.SaveNote{Call: call.ID, Text: fmt.Sprint("Wants an offer by Friday, called back ", i)}
		if _, err := c.batch.Apply(c.as(c.anna), crm.Command{ID: c.id(), At: crm.HLC(at.UnixMilli()) << 16, Change: note}, at); err != nil {
			b.Fatal(err)
		}
	}
}
