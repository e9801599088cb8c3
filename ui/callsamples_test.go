package ui

import (
	"maps"
	"time"

	"leadline/ui/desk"
)

// noon is the time of all samples: a Monday.
var noon = time.Date(2026, time.November, 23, 10, 42, 12, 0, time.UTC)

func say(key string, args ...string) desk.Text {
	t := desk.Text{Key: key}
	for i := 0; i+1 < len(args); i += 2 {
		if t.Args == nil {
			t.Args = map[string]string{}
		}
		t.Args[args[i]] = args[i+1]
	}
	return t
}

// samples are calls in every state that a window can show, by name.
func samples() map[string]desk.Call {
	known := desk.Call{
		ID: "1", Account: "Office", Line: "Head office", Queue: "Sales queue", Incoming: true,
		State: desk.Incoming, Began: noon.Add(-12 * time.Second),
		Party: desk.Party{Number: "030 2094 8812", Dial: "+493020948812", Display: "MEIER GMBH", Place: "Berlin"},
		Card: desk.Card{
			Known: true, Ref: desk.Ref{Kind: desk.Contact, ID: "c1"}, Name: "Jürgen Müller-Lüdenscheidt",
			Position: "Head of Purchasing", Company: "Meier GmbH",
			MatchedBy: say("by mobile {n}", "n", "2"), Responsible: "Anna Krüger",
			Marks: []desk.Mark{
				{Tone: desk.MarkDeal, Text: say("Deal {amount}", "amount", "€48,000")},
				{Tone: desk.MarkMissed, Text: say("Missed twice")},
				{Tone: desk.MarkVIP, Text: say("VIP")},
			},
			Calls: 14,
			LastCalls: []desk.PastCall{
				{Incoming: true, Outcome: desk.Missed, At: noon.Add(-90 * time.Minute), Length: 21 * time.Second},
				{Outcome: desk.Answered, At: noon.AddDate(0, 0, -3), Title: "Price list sent", Agent: "Anna Krüger", Length: 271 * time.Second},
				{Incoming: true, Outcome: desk.Answered, At: noon.AddDate(0, 0, -11), Title: "Quote 4711 discussed", Agent: "Petra Weiß", Length: 722 * time.Second},
			},
			Deals: []desk.DealLine{
				{Title: "Delivery contract 2027", Stage: "Quote sent", Amount: "€48,000"},
				{Title: "Spare parts, plant Köln", Stage: "In talks", Amount: "€6,250"},
			},
		},
		Reason: say("Saved on the contact, {company} and {n} open deals.", "company", "Meier GmbH", "n", "2"),
	}
	unknown := desk.Call{
		ID: "2", Line: "Zentrale", Queue: "Vertrieb", Incoming: true, State: desk.Incoming,
		Began:  noon.Add(-7 * time.Second),
		Party:  desk.Party{Number: "0221 987 65 43", Dial: "+492219876543", Place: "Köln, Deutschland"},
		Card:   desk.Card{MatchedBy: say("First call of this number")},
		Reason: say("This line only suggests leads. Without saving only the call stays in the list."),
	}
	form := unknown
	form.Form = &desk.Form{
		Kind: desk.Lead, FirstName: "Jörg", LastName: "Groß", Company: "Groß & Söhne KG",
		Number: "+492219876543", Source: "Call", Responsible: "Anna Krüger",
		Sources: []string{"Call", "E-mail", "Website", "Recommendation"}, People: []string{"Anna Krüger", "Petra Weiß"},
		Similar: []desk.Match{{Ref: desk.Ref{Kind: desk.Company, ID: "k1"}, Name: "Groß & Söhne KG", Sub: "Köln"}},
		Touched: true, DraftSaved: true,
	}
	several := desk.Call{
		ID: "3", Line: "Service line", Queue: "Workshop", Incoming: true, State: desk.Incoming,
		Began: noon.Add(-19 * time.Second),
		Party: desk.Party{Number: "0711 440 29-0", Dial: "+49711440290", Place: "Stuttgart"},
		Card: desk.Card{
			Known: true, Ref: desk.Ref{Kind: desk.Contact, ID: "s1"}, Name: "Şule Özdemir",
			Company: "Özdemir Gebäudetechnik GmbH & Co. KG", MatchedBy: say("{n} records match", "n", "3"),
			Marks: []desk.Mark{{Tone: desk.MarkLead, Text: say("Open lead")}},
			Matches: []desk.Match{
				{Ref: desk.Ref{Kind: desk.Contact, ID: "s1"}, Name: "Şule Özdemir", Sub: "Özdemir Gebäudetechnik GmbH & Co. KG", Last: noon.AddDate(0, 0, -2), Shown: true},
				{Ref: desk.Ref{Kind: desk.Company, ID: "s2"}, Name: "Özdemir Gebäudetechnik GmbH & Co. KG", Sub: "Switchboard", Last: noon.AddDate(0, 0, -42)},
				{Ref: desk.Ref{Kind: desk.Lead, ID: "s3"}, Name: "Heating Weilimdorf", Sub: "Mehmet Bayraktar", Last: noon.AddDate(0, 0, -81)},
			},
			Calls: 6,
			LastCalls: []desk.PastCall{
				{Incoming: true, Outcome: desk.Answered, At: noon.AddDate(0, 0, -2), Title: "Boiler error E7", Agent: "Özlem Yılmaz", Length: 230 * time.Second},
				{Outcome: desk.Answered, At: noon.AddDate(0, 0, -5), Title: "Appointment moved", Agent: "Anna Krüger", Length: 72 * time.Second},
			},
		},
		Reason: say("The call is on the contact now. Picking another moves it there."),
	}
	talk := desk.Call{
		ID: "4", Line: "Zentrale", Incoming: true, State: desk.Talking,
		Began: noon.Add(-280 * time.Second), Answered: noon.Add(-271 * time.Second),
		CanHold: true, Codec: "PCMA 8 kHz", Encrypted: true, Quality: 4,
		Party: desk.Party{Number: "0221 987 65 43", Dial: "+492219876543", Place: "Köln"},
		Card: desk.Card{
			Known: true, Ref: desk.Ref{Kind: desk.Lead, ID: "l1"}, Name: "Jörg Groß", Company: "Groß & Söhne KG",
			MatchedBy: say("lead"), Responsible: "Anna Krüger",
			Marks: []desk.Mark{{Tone: desk.MarkLead, Text: say("Lead · New")}},
			Calls: 2,
			LastCalls: []desk.PastCall{
				{Incoming: true, Outcome: desk.Missed, At: noon.Add(-11 * time.Minute), Length: 34 * time.Second},
				{Incoming: true, Outcome: desk.Answered, At: noon.AddDate(-1, -2, -20), Title: "Lead verloren: zu spät", Agent: "Petra Weiß", Length: 370 * time.Second},
			},
			Notes: []desk.PastNote{{At: noon.AddDate(0, -1, 0), Who: "Petra Weiß", Text: "Fragt nach Konsolen für die neue Halle"}},
		},
		Note:   desk.Note{Text: "Braucht 40 Konsolen bis 15. Januar, möchte den Preis je 100 Stück. Rückruf Donnerstag nach 14 Uhr.", SavedAt: noon.Add(-5 * time.Second)},
		Reason: say("New lead: the line creates leads for incoming calls."),
	}
	withheld := desk.Call{
		ID: "5", Line: "Head office", Incoming: true, State: desk.Incoming, Began: noon.Add(-3 * time.Second),
		Party: desk.Party{Withheld: true}, Reason: say("A withheld number makes no lead."),
	}
	internal := desk.Call{
		ID: "6", Incoming: true, State: desk.Incoming, Began: noon, Party: desk.Party{Number: "112", Dial: "112", Display: "Petra Weiß", Internal: true},
		Reason: say("A colleague makes no lead."),
	}
	address := desk.Call{
		ID: "7", State: desk.EarlyMedia, Began: noon.Add(-4 * time.Second),
		Party: desk.Party{Number: "sip:anna.katharina.von-hohenstein@telefonanlage.example.org", Dial: "sip:anna@example.org", SIP: true},
	}
	loading := unknown
	loading.Card = desk.Card{Loading: true}
	loading.Reason = desk.Text{}
	held := talk
	held.State = desk.HeldHere
	transfer := talk
	transfer.ID, transfer.HandsOver = "9", say("After a completed transfer the lead goes to the colleague you pass it to.")
	transfer.Transfer = desk.Transfer{Failed: true, Text: desk.Text{
		Key: "Could not be passed on to {to}: {why}", Args: map[string]string{"to": "112", "why": "486 Busy Here"}}}
	muted := talk
	muted.Muted, muted.CanHold, muted.Encrypted, muted.Quality = true, false, false, 2
	recorded := talk
	recorded.Recording = desk.Recording{State: desk.RecordingOn, Began: noon.Add(-118 * time.Second)}
	paused := recorded
	paused.Recording.State = desk.RecordingPaused
	unrecorded := talk
	unrecorded.Recording = desk.Recording{State: desk.RecordingFailed, Why: say("Not recorded any more: the disk is full")}
	unheard := talk
	unheard.Quality, unheard.WhyPoor = 2, say("{n} % lost", "n", "8")
	unheard.Trouble = say("They can't hear you: nothing has arrived there for {n} s", "n", "20")
	ended := talk
	ended.State, ended.Outcome, ended.Ended = desk.Ended, desk.Answered, noon
	ended.People = []desk.Person{{Name: "Anna Krüger"}, {ID: "u2", Name: "Petra Weiß-Hohenstein"}}
	missed := unknown
	missed.State, missed.Outcome, missed.Ended, missed.Why = desk.Ended, desk.Missed, noon, say("The caller gave up")
	elsewhere := known
	elsewhere.State, elsewhere.Outcome, elsewhere.Ended = desk.Ended, desk.AnsweredElsewhere, noon
	elsewhere.Why = say("Answered on another phone")
	busy := desk.Call{
		ID: "8", State: desk.Ended, Outcome: desk.Busy, Why: say("The number is busy"), Detail: "486 Busy Here",
		Began: noon.Add(-8 * time.Second), Ended: noon, Party: known.Party, Card: known.Card,
	}
	dialling := busy
	dialling.State, dialling.Outcome, dialling.Why, dialling.Detail, dialling.Ended = desk.Dialling, desk.Open, desk.Text{}, "", time.Time{}
	waiting := known
	waiting.Waiting = true
	waiting.Card.Name = "Prof. Dr. Dr. h. c. Maximiliane Gräfin von und zu Schreckenstein-Hohenlohe"
	waiting.Card.Position, waiting.Card.Company = "Geschäftsführende Gesellschafterin", "Donaudampfschifffahrtsgesellschaft mbH & Co. KG"
	talkForm := form
	talkForm.State, talkForm.Answered, talkForm.CanHold, talkForm.Codec = desk.Talking, noon.Add(-30*time.Second), true, "PCMU 8 kHz"
	formError := *form.Form
	formError.Error, formError.Kind = say("A contact needs a name"), desk.Contact
	talkForm.Form = &formError
	excepting := unknown
	excepting.Excepting = &desk.Trace{Leads: []desk.Ref{{Kind: desk.Lead, ID: "l9"}}, Calls: 3}
	wrapup := ended
	wrapup.Card.OpenLead = true
	wrapup.Result, wrapup.FollowUp = "Quote", noon.AddDate(0, 0, 3)
	wrapup.Recordings = []desk.Recorded{{Call: "4", Name: "talk.flac"}}
	linking := unknown
	linking.Linking = desk.Linking{Words: "groß", Searched: true, Found: []desk.Match{
		{Ref: desk.Ref{Kind: desk.Contact, ID: "c7"}, Name: "Jörg Groß", Sub: "Groß & Söhne KG"}, {Ref: desk.Ref{Kind: desk.Company, ID: "f7"}, Name: "Groß & Söhne KG"},
		{Ref: desk.Ref{Kind: desk.Lead, ID: "l7"}, Name: "Großküche Donaudampfschifffahrtsgesellschaft Österreich", Sub: "Franz Xaver Höllerer-Wöhrmann"}}}
	all := map[string]desk.Call{
		"wrapup": wrapup, "linking": linking,
		"excepting": excepting,
		"known":     known, "unknown": unknown, "form": form, "several": several, "talk": talk, "withheld": withheld,
		"internal": internal, "address": address, "loading": loading, "held": held, "transfer": transfer, "sent": known, "muted": muted,
		"recorded": recorded, "unheard": unheard, "paused": paused, "unrecorded": unrecorded, "ended": ended,
		"missed": missed, "elsewhere": elsewhere, "busy": busy, "dialling": dialling, "waiting": waiting, "talkform": talkForm,
	}
	maps.Copy(all, extremes(known, several, talk, ended))
	return all
}
