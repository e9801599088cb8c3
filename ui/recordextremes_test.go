package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
)

// left is how far from the left of the window a button lies.
func (b *mainBench) left(name string) (x float32) {
	kit.Walk(b.m.Window().Content(), func(o fyne.CanvasObject, at fyne.Position) {
		if button, ok := o.(*kit.Button); ok && x == 0 && button.Name() == name {
			x = at.X
		}
	})
	return x
}

// Records that have to bear more than most, in wide and narrow windows: what is in view stays within it. With LEADLINE_SHOTS set
// to a folder their pictures are written there.
func TestRecordsWithExtremeContentFit(t *testing.T) {
	for _, look := range []Look{{"en", "light"}, {"de", "dark"}} {
		b, s := customersBench(t, look)
		me, err := s.Me(ctx)
		if err != nil {
			t.Fatal(err)
		}
		company := crm.Company{ID: s.NewID(), Name: compound + " mbH & Co. KG"}
		happened := []crm.Change{crm.CreateCompany{Company: company}}
		people := map[string]crm.Contact{
			"compound": {FirstName: compound, LastName: compound, Position: compound, Company: company.ID, Comment: longNote,
				Emails: []crm.Email{{Address: compound + "@" + compound + ".example"}}, Numbers: []crm.Number{{E164: 493020948812, Written: "030 2094 8812"}}},
			"arabic":  {FirstName: "محمد بن عبد الله", LastName: "الخوارزمي", Comment: "مدير المشتريات"},
			"thai":    {FirstName: "สมชาย", LastName: "ใจดีมีสุขอนันต์"},
			"chinese": {LastName: "欧阳小明", Comment: "北京汽车集团有限公司"},
			"emoji":   {FirstName: "🦊", LastName: "Fuchs 🎉🎉", Comment: "👩‍👩‍👧‍👦 🇩🇪"},
			"noname":  {Numbers: []crm.Number{{E164: 493020948813, Written: "030 2094 8813"}}},
		}
		for name, c := range people {
			c.ID = s.NewID()
			people[name] = c
			ref := crm.Ref{Kind: crm.KindContact, ID: c.ID}
			happened = append(happened, crm.CreateContact{Contact: c},
				crm.SaveRecordNote{Note: crm.Note{ID: s.NewID(), Ref: ref, At: mainNow.Add(-time.Hour), By: me.ID, Text: longNote}},
				crm.SaveRecordNote{Note: crm.Note{ID: s.NewID(), Ref: ref, At: mainNow.Add(-2 * time.Hour), By: me.ID, Text: compound + compound + " " + c.FirstName}})
			for n := range 12 {
				happened = append(happened, crm.CreateDeal{Deal: crm.Deal{ID: s.NewID(), Title: fmt.Sprint(compound, " ", n), Contact: c.ID, Amount: crm.Money{Minor: 123456789012, Currency: "EUR"}}})
			}
		}
		do(t, s, happened...)
		for _, name := range []string{"noname", "compound"} { // whom one can't write to, then whom one can
			b.m.open(deskRef(crm.Ref{Kind: crm.KindContact, ID: people[name].ID}))
			b.waits("Fragt nach Konsolen")
		}
		if up, mail := b.left("Follow-up"), b.left("E-mail"); mail < up+20 {
			t.Errorf("what can be done about a note lies at %v and %v", up, mail)
		}
		for name, c := range people {
			for _, size := range []fyne.Size{{Width: 1280, Height: 800}, {Width: 900, Height: 600}} {
				b.m.Window().Resize(size)
				b.m.open(deskRef(crm.Ref{Kind: crm.KindContact, ID: c.ID}))
				b.waits("Fragt nach Konsolen")
				b.shot(fmt.Sprintf("extreme-%s-%v-%s-%s", name, size.Width, look.Language, look.Theme))
				kit.Walk(b.m.Window().Content(), func(o fyne.CanvasObject, at fyne.Position) {
					if n, ok := o.(kit.Named); ok && at.X+o.Size().Width > size.Width+1 {
						t.Errorf("%s at %v: %s %.40q ends at %v", name, size.Width, n.Role(), n.Name(), at.X+o.Size().Width)
					}
				})
			}
		}
	}
}

// The sum of a deal is read in the facts of its customer, however long the deal is called.
func TestASumIsNotCutOffAmongTheFacts(t *testing.T) {
	b, s := customersBench(t, Look{"de", "light"})
	who := crm.Company{ID: s.NewID(), Name: "Groß"}
	do(t, s, crm.CreateCompany{Company: who}, crm.CreateDeal{Deal: crm.Deal{ID: s.NewID(), Title: "Liefervertrag über Konsolen 2027", Company: who.ID, Amount: crm.Money{Minor: 4800000, Currency: "EUR"}}})
	b.m.open(desk.Ref{Kind: desk.Company, ID: string(who.ID)})
	b.waits("48.000")
	kit.Walk(b.m.Window().Content(), func(o fyne.CanvasObject, _ fyne.Position) {
		if l, ok := o.(*kit.Label); ok && strings.Contains(l.Value(), "48.000") && l.Size().Width < kit.NewData(l.Value(), kit.Body).MinSize().Width {
			t.Errorf("%q is cut off after %v px", l.Value(), l.Size().Width)
		}
	})
}
