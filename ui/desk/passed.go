package desk

import (
	"strings"
	"time"

	"leadline/crm"
	"leadline/phone"
)

// passedBy says who sent a call here, in words: the colleague who transferred it, or
// where it was before it was forwarded. Empty when it came straight.
func passedBy(c phone.Call, region string) Text {
	if who := nameOf(partyOfURI(c.ReferredBy), region); who != "" {
		return Text{Key: "passed on by {who}", Args: map[string]string{"who": who}}
	}
	if n := len(c.Diversions); n > 0 {
		if who := nameOf(c.Diversions[n-1].From, region); who != "" {
			return Text{Key: "sent on by {who}", Args: map[string]string{"who": who}}
		}
	}
	return Text{}
}

// handsOver says what becomes of the record of a call when it is passed on (requirements.md D2): what the rules have made for
// the call goes along where the line says so. What was there before and what a person has made stays whose it is.
func (c *onDesk) handsOver() Text {
	owner := map[string]string{"name": c.card.Responsible}
	lead, goes, elsewhere := c.card.Ref.Kind == Lead, c.line.ChangeResponsible, c.madeElsewhere()
	made := c.made || elsewhere == surely
	switch {
	case !c.card.Known:
		return Text{}
	case made && goes && lead:
		return Text{Key: "After a completed transfer the lead goes to the colleague you pass it to."}
	case made && goes:
		return Text{Key: "After a completed transfer what this call has made goes to the colleague you pass it to."}
	case elsewhere == perhaps && goes:
		return Text{Key: "Another phone has made the record of this caller. If that was this call, it goes to the colleague you pass it to."}
	case made && !lead: // a deal, say, whose responsible person is not the customer's
		return Text{Key: "What this call has made keeps its responsible person: this line hands nothing over with a transfer."}
	case c.card.Responsible == "":
		return Text{}
	case (made || elsewhere == perhaps) && lead:
		return Text{Key: "The lead stays with {name}: this line hands nothing over with a transfer.", Args: owner}
	case c.byHand:
		return Text{Key: "What was made by hand stays with {name}: a transfer hands over what a line makes by itself.", Args: owner}
	}
	return Text{Key: "The record stays with {name}: it was there before this call.", Args: owner}
}

// likely is how sure it is that something is so.
type likely int

const (
	no likely = iota
	perhaps
	surely
)

func perhapsIf(it bool) likely {
	if it {
		return perhaps
	}
	return no
}

// longestTalk is longer than anybody talks to a caller whom they then pass on.
const longestTalk = 4 * time.Hour

// madeElsewhere says whether the rules have made the record for this very call at another phone of ours: one that the queue rang
// before, or that of a colleague who has passed it on, after however long a talk. The server knows, and hands the record over
// then; this file need not have the call of the other phone.
func (c *onDesk) madeElsewhere() likely {
	p, card, first := c.phone, c.card, c.first
	if p.Direction != phone.Incoming || c.linked || card.MadeFor == "" || card.MadeFor == c.id {
		return no
	}
	since, mine := p.Began.Sub(card.Made), c.me.ID != "" && card.Responsible == c.me.Name
	switch {
	case crm.ID(card.MadeFor) != first.ID: // who was passed a caller was given the record with it
		return perhapsIf(since <= crm.RangTogether || mine && since <= longestTalk)
	case first.Direction != crm.Incoming || first.Party.Key() != c.party.Key():
		return no
	case first.Answered.IsZero():
		return perhapsIf(p.Began.Sub(first.Began) <= crm.RangTogether)
	case first.PassedTo == "" && first.Ended.IsZero(): // they talk, or have passed it on a moment ago
		return perhaps
	case first.PassedTo == "" || first.PassedTo != c.me.ID || p.Began.Before(first.Began):
		return no
	case !first.Ended.IsZero() && !p.Began.Before(first.Ended.Add(crm.NextRings)):
		return no
	case !mine: // it has not come here yet, or somebody has decided otherwise
		return perhaps
	}
	return surely
}

// sentOnTo says of an outgoing call whom it is tried at since the far end sent it on (302).
func sentOnTo(c phone.Call, region string) Text {
	if who := nameOf(c.SentOn, region); who != "" {
		return Text{Key: "sent on to {who}", Args: map[string]string{"who": who}}
	}
	return Text{}
}

// nowWith says who is at the other end when that isn't who called, or was called, any more.
func nowWith(c phone.Call, region string) Text {
	if partyOf(c.Connected, region).Key() == partyOf(c.Remote, region).Key() {
		return Text{}
	}
	if who := nameOf(c.Connected, region); who != "" {
		return Text{Key: "now with {who}", Args: map[string]string{"who": who}}
	}
	return Text{}
}

// barredFrom says of a call that ended because it was to go on to somebody whom the agent may not
// call (requirements.md G1).
func barredFrom(c phone.Call, region string) Text {
	if who := nameOf(c.Barred, region); who != "" {
		return Text{Key: "Sent on to {who}, which your role does not allow", Args: map[string]string{"who": who}}
	}
	return Text{}
}

// diverted is the call's way here, for its record.
func diverted(c phone.Call, region string) (way []crm.Diversion) {
	for _, stop := range c.Diversions {
		way = append(way, crm.Diversion{From: partyOf(stop.From, region), Reason: stop.Reason})
	}
	return way
}

// sentOnBy says of a call in the log who sent it on last.
func sentOnBy(way []crm.Diversion, region string) Text {
	if len(way) == 0 {
		return Text{}
	}
	last := way[len(way)-1].From
	if who := named(last, last.Show(region)); who != "" {
		return Text{Key: "sent on by {who}", Args: map[string]string{"who": who}}
	}
	return Text{}
}

// nameOf is what to call a party in half a line: "Anna (102)", "030 2094 8812".
func nameOf(r phone.Party, region string) string {
	if r.Withheld {
		return ""
	}
	return named(partyOf(r, region), partyOf(r, region).Show(region))
}

func named(p crm.Party, number string) string {
	switch {
	case p.Display == "" || p.Display == number:
		return number
	case number == "":
		return p.Display
	}
	return p.Display + " (" + number + ")"
}

// partyOfURI takes "sip:102@pbx.example;user=phone" or "tel:+4930" apart.
func partyOfURI(uri string) phone.Party {
	_, rest, _ := strings.Cut(uri, ":")
	rest, _, _ = strings.Cut(rest, ";")
	user, host, _ := strings.Cut(rest, "@")
	return phone.Party{User: user, Host: host}
}
