package store

import (
	"context"
	"fmt"
	"time"

	"leadline/crm"
)

// The people and lines of the demo, as SeedDemo makes them. phone/demo dials by these numbers.
const (
	DemoKnown   = "030 2094 8812"  // Jürgen Müller-Lüdenscheidt of Meier GmbH
	DemoSeveral = "0711 440 29-0"  // three records have it
	DemoUnknown = "0221 987 65 43" // nobody has it
	DemoLine    = "030 5557-100"   // "Head office"

	DemoAgent          = "Anna Krüger" // the administrator
	DemoAgentEmail     = "anna.krueger@nordlicht.example"
	DemoColleague      = "Petra Weiß"
	DemoColleagueEmail = "petra.weiss@nordlicht.example"
)

// DemoTexts are the texts of the demo, in English; names of people and companies are the same everywhere.
var DemoTexts = []string{
	"Head office",
	"Sales queue",
	"Service line",
	"Workshop",
	"Berlin line",
	"Berlin queue",
	"Accounts",
	"Head of Purchasing",
	"Delivery contract 2027",
	"Spare parts, plant Köln",
	"Brackets 2025",
	"Heating Weilimdorf",
	"Owner",
	"Managing Director",
	"Ventilation, new practice",
	"Purchasing",
	"Quote 4711 discussed\nWants it by the end of the month, 3 % off for two plants.",
	"Price list sent\nNew prices from January.",
	"Appointment moved",
	"Boiler error E7\nReset over the phone, watch it.",
	"Confirms the delivery of Friday",
	"Office",
}

// SeedDemo fills an empty file with the customers of "Nordlicht Technik", with
// past calls relative to now. A file that has contacts already is left alone.
func (s *Store) SeedDemo(ctx context.Context, now time.Time) error {
	return s.SeedDemoIn(ctx, now, func(english string) string { return english })
}

// SeedDemoIn is SeedDemo in another language, into which word puts one of DemoTexts.
func (s *Store) SeedDemoIn(ctx context.Context, now time.Time, word func(english string) string) error {
	err := s.write(ctx, func(t *tx) error {
		var any int
		if err := t.row("SELECT count(*) FROM (SELECT 1 FROM contact LIMIT 1)").Scan(&any); err != nil || any > 0 {
			return explain(err)
		}
		d := &demo{tx: t, now: now, word: word, users: map[string]crm.User{}, lines: map[string]crm.Line{}, queues: map[string]crm.Queue{}}
		d.seed()
		if d.err == nil {
			d.err = t.setSetting(settingMe, string(d.users[DemoAgent].ID))
		}
		t.changed = Changed{Lists: true}
		return d.err
	})
	if err != nil {
		return fmt.Errorf("fill the demo: %w", err)
	}
	return nil
}

// demo collects the first error, so that the seed reads as a list of people.
type demo struct {
	tx     *tx
	now    time.Time
	word   func(english string) string
	users  map[string]crm.User
	lines  map[string]crm.Line
	queues map[string]crm.Queue
	err    error
}

func (d *demo) seed() {
	anna := d.user(DemoAgent, "101", DemoAgentEmail, crm.Administrator)
	petra := d.user(DemoColleague, "102", DemoColleagueEmail, crm.ChiefExecutive)
	ozlem := d.user("Özlem Yılmaz", "103", "oezlem.yilmaz@nordlicht.example", crm.ChiefExecutive)

	d.line(d.word("Head office"), DemoLine, d.word("Sales queue"), anna, petra)
	d.line(d.word("Service line"), "030 5557-200", d.word("Workshop"), ozlem)
	d.line(d.word("Berlin line"), "030 5557-300", d.word("Berlin queue"), petra)
	d.line(d.word("Accounts"), "030 5557-400", d.word("Accounts"), petra)

	meier := d.company("Meier GmbH", anna, "030 2094 880")
	jm := d.contact("Jürgen", "Müller-Lüdenscheidt", d.word("Head of Purchasing"), meier, anna, "VIP",
		num("030 2094 8800", crm.LabelWork), num("0171 555 01 23", crm.LabelMobile), num(DemoKnown, crm.LabelMobile))
	d.deal(d.word("Delivery contract 2027"), crm.DealQuoteSent, 4_800_000, jm, meier, anna)
	d.deal(d.word("Spare parts, plant Köln"), crm.DealInTalks, 625_000, jm, meier, anna)
	d.deal(d.word("Brackets 2025"), crm.DealWon, 1_240_000, jm, meier, petra)

	oz := d.company("Özdemir Gebäudetechnik GmbH & Co. KG", ozlem, DemoSeveral)
	d.contact("Şule", "Özdemir", "", oz, ozlem, "", num(DemoSeveral, crm.LabelWork))
	d.lead(d.word("Heating Weilimdorf"), "Mehmet", "Bayraktar", crm.LeadInProgress, ozlem, d.ago(81*24*time.Hour), DemoSeveral)

	sued := d.company("Bäckerei Süßmilch", petra, "089 4521 77")
	d.contact("Käthe", "Süßmilch", d.word("Owner"), sued, petra, "", num("089 4521 77", crm.LabelWork))
	boettcher := d.company("Autohaus Böttcher", anna, "0341 22 90-0")
	d.contact("Sven", "Böttcher", d.word("Managing Director"), boettcher, anna, "", num("0341 22 90-0", crm.LabelWork))
	d.contact("Łukasz", "Wójcik", "", "", anna, "", num("+48 22 555 18 40", crm.LabelWork))
	juergens := d.company("Kälte-Klima Jürgens", petra, "040 3388 12")
	d.contact("Heike", "Jürgens", "", juergens, petra, "", num("040 3388 12", crm.LabelWork))
	praxis := d.company("Praxis Dr. Nguyễn", petra, "030 771 20 8")
	d.contact("Thi Lan", "Nguyễn", "", praxis, petra, "", num("030 771 20 8", crm.LabelWork))
	d.deal(d.word("Ventilation, new practice"), crm.DealNew, 1_890_000, "", praxis, petra)
	d.company("Hôtel Méditerranée", anna, "+33 4 93 12 44 00")

	d.lead("Donaudampfschifffahrtsgesellschaft Österreich", "Franz Xaver", "Höllerer-Wöhrmann", crm.LeadInProgress, anna, d.ago(3*24*time.Hour), "+43 1 505 12 34")
	d.lead("Stadtwerke Würzburg", "", d.word("Purchasing"), crm.LeadNew, anna, d.ago(7*24*time.Hour), "0931 36-1260")
	d.lead("Groß & Söhne KG", "Jörg", "Groß", crm.LeadJunk, petra, d.ago(446*24*time.Hour), "0221 987 65 40")
	d.lead("Schreinerei Ziegler", "Uwe", "Ziegler", crm.LeadProcessed, petra, d.ago(5*24*time.Hour), "0711 90 88 14")

	head, service, accounts := d.word("Head office"), d.word("Service line"), d.word("Accounts")
	d.call(crm.Incoming, head, DemoKnown, d.ago(11*24*time.Hour), 12*time.Minute+2*time.Second, petra, d.word("Quote 4711 discussed\nWants it by the end of the month, 3 % off for two plants."))
	for i := range 9 { // older ones, so that "All 14" has something behind it
		d.call([...]crm.Direction{crm.Incoming, crm.Outgoing}[i%2], head, DemoKnown, d.ago(time.Duration(20+i*17)*24*time.Hour), time.Duration(90+i*41)*time.Second, anna, "")
	}
	d.call(crm.Outgoing, head, DemoKnown, d.ago(3*24*time.Hour), 4*time.Minute+31*time.Second, anna, d.word("Price list sent\nNew prices from January."))
	d.call(crm.Incoming, service, DemoSeveral, d.ago(5*24*time.Hour), 72*time.Second, anna, d.word("Appointment moved"))
	d.call(crm.Incoming, service, DemoSeveral, d.ago(2*24*time.Hour), 3*time.Minute+50*time.Second, ozlem, d.word("Boiler error E7\nReset over the phone, watch it."))
	d.missed(head, "0341 22 90-0", d.ago(3*time.Hour), 15*time.Second)
	d.call(crm.Outgoing, head, "0341 22 90-0", d.ago(2*time.Hour+30*time.Minute), 95*time.Second, anna, "")
	d.missed(head, "+48 22 555 18 40", d.ago(3*time.Hour+20*time.Minute), 22*time.Second)
	d.call(crm.Outgoing, head, "+48 22 555 18 40", d.ago(3*time.Hour), 184*time.Second, anna, d.word("Confirms the delivery of Friday"))
	for i := range 3 {
		d.missed(accounts, "089 4521 77", d.ago(time.Duration(130-i*25)*time.Minute), time.Duration(30+9*i)*time.Second)
	}
	d.missed(service, "0176 1234 5678", d.ago(65*time.Minute), 64*time.Second)
	d.missed(head, DemoKnown, d.ago(55*time.Minute), 12*time.Second)
	d.missed(head, DemoKnown, d.ago(40*time.Minute), 21*time.Second)
}

func (d *demo) ago(t time.Duration) time.Time { return d.now.Add(-t).Truncate(time.Second) }

func (d *demo) do(c crm.Change) {
	if d.err == nil {
		d.err = d.tx.do(c)
	}
}

func (d *demo) id() crm.ID {
	id, err := d.tx.s.makeID()
	if d.err == nil {
		d.err = err
	}
	return id
}

func num(written string, label crm.Label) crm.Number {
	n, _ := crm.ParseNumber(written, crm.DefaultRegion, label)
	return n
}

func (d *demo) user(name, extension, email string, role crm.ID) crm.ID {
	u := crm.User{ID: d.id(), Name: name, Extension: extension, Email: email, Roles: []crm.ID{role}}
	d.users[name] = u
	d.do(crm.SaveUser{User: u})
	return u.ID
}

func (d *demo) line(name, number, queue string, members ...crm.ID) {
	q, ok := d.queues[queue]
	if !ok {
		q = crm.Queue{ID: d.id(), Name: queue, Members: members}
		d.queues[queue] = q
		d.do(crm.SaveQueue{Queue: q})
	}
	l := crm.Line{ID: d.id(), Name: name, Number: num(number, crm.LabelMain), Region: crm.DefaultRegion, Source: crm.SourceCall,
		Queue: q.ID, QueueName: q.Name, Mode: crm.Suggest, LeadFor: crm.LeadForAll}
	d.lines[name] = l
	d.do(crm.SaveLine{Line: l})
}

func (d *demo) company(name string, responsible crm.ID, number string) crm.ID {
	c := crm.Company{ID: d.id(), Name: name, Numbers: []crm.Number{num(number, crm.LabelMain)}, Responsible: responsible,
		Created: d.ago(400 * 24 * time.Hour)}
	d.do(crm.CreateCompany{Company: c})
	return c.ID
}

func (d *demo) contact(first, last, position string, company, responsible crm.ID, mark string, numbers ...crm.Number) crm.ID {
	c := crm.Contact{ID: d.id(), FirstName: first, LastName: last, Position: position, Company: company, Numbers: numbers,
		Responsible: responsible, Created: d.ago(380 * 24 * time.Hour)}
	if mark != "" {
		c.Marks = []string{mark}
	}
	d.do(crm.CreateContact{Contact: c})
	return c.ID
}

func (d *demo) lead(title, first, last string, status crm.LeadStatus, responsible crm.ID, created time.Time, number string) {
	d.do(crm.CreateLead{Lead: crm.Lead{ID: d.id(), Title: title, FirstName: first, LastName: last, CompanyName: title, Status: status,
		Numbers: []crm.Number{num(number, crm.LabelWork)}, Source: crm.SourceCall, Line: d.lines[d.word("Head office")].ID,
		Responsible: responsible, Created: created, Updated: created}})
}

func (d *demo) deal(title string, stage crm.DealStage, cents int64, contact, company, responsible crm.ID) {
	d.do(crm.CreateDeal{Deal: crm.Deal{ID: d.id(), Title: title, Stage: stage, Amount: crm.Money{Minor: cents, Currency: "EUR"},
		Contact: contact, Company: company, Responsible: responsible, Created: d.ago(30 * 24 * time.Hour), Updated: d.ago(3 * 24 * time.Hour)}})
}

// call is a past call with a conversation.
func (d *demo) call(direction crm.Direction, line, number string, began time.Time, talked time.Duration, agent crm.ID, note string) {
	answered := began.Add(8 * time.Second)
	d.past(crm.Call{Direction: direction, Party: crm.Parse(number, crm.DefaultRegion), Began: began, Answered: answered,
		Ended: answered.Add(talked), Outcome: crm.Answered, Agent: agent, Note: note}, line)
}

// missed is a past call that nobody took.
func (d *demo) missed(line, number string, began time.Time, rang time.Duration) {
	d.past(crm.Call{Direction: crm.Incoming, Party: crm.Parse(number, crm.DefaultRegion), Began: began,
		Ended: began.Add(rang), Outcome: crm.Missed}, line)
}

// past saves a call that is over, as the intake rules would have.
func (d *demo) past(c crm.Call, line string) {
	if d.err != nil {
		return
	}
	l := d.lines[line]
	c.ID, c.Account, c.Line, c.LineName, c.Queue = d.id(), d.word("Office"), l.ID, l.Name, l.QueueName
	for _, u := range d.users {
		if u.ID == c.Agent {
			c.AgentName = u.Name
		}
	}
	f, err := factsOf(d.tx, c)
	if err != nil {
		d.err = err
		return
	}
	decision := crm.Decide(f)
	c.Refs, c.Reason = decision.Attach, decision.Reason
	d.do(crm.BeginCall{Call: c})
}
