package crm

import "strconv"

// The sentences by which Decide gives its reasons, in English, with {places}.
const (
	ReasonWithheld  = "The number is withheld. Only the call stays in the list."
	ReasonColleague = "{name} is a colleague. Calls between colleagues stay in the list only."
	ReasonInternal  = "An internal number. Only the call stays in the list."

	ReasonContact             = "Saved on the contact."
	ReasonContactDeal         = "Saved on the contact and 1 open deal."
	ReasonContactDeals        = "Saved on the contact and {deals} open deals."
	ReasonContactCompany      = "Saved on the contact and {company}."
	ReasonContactCompanyDeal  = "Saved on the contact, {company} and 1 open deal."
	ReasonContactCompanyDeals = "Saved on the contact, {company} and {deals} open deals."
	ReasonCompany             = "Saved on {company}."
	ReasonCompanyDeal         = "Saved on {company} and 1 open deal."
	ReasonCompanyDeals        = "Saved on {company} and {deals} open deals."
	ReasonLead                = "Saved on the open lead."
	ReasonDeal                = "Saved on the deal."
	ReasonSeveralContact      = "The call is on the contact now. Picking another moves it there."
	ReasonSeveralCompany      = "The call is on the company now. Picking another moves it there."
	ReasonSeveralLead         = "The call is on the lead now. Picking another moves it there."
	ReasonClosedLead          = "Saved on the closed lead. Unless you save, no new one is made."

	ReasonSuggest      = "This line only suggests leads. Unless you save, only the call stays in the list."
	ReasonNotThisWay   = "{line} makes no leads for calls in this direction. Unless you save, only the call stays in the list."
	ReasonNotReached   = "{line} makes a lead as soon as it rings there."
	ReasonNewLead      = "New lead: the number is unknown, {line} makes leads."
	ReasonNewLeadQueue = "New lead: the number is unknown, {line} makes leads; {name} is first in queue {queue}."
	ReasonNewLeadOut   = "New lead: the number is unknown, {line} makes leads; {name} called."
	ReasonRepeat       = "New lead, marked repeat: all earlier leads of this number are closed, {line} makes leads."

	// The same where there are no leads (F2).
	ReasonSuggestContact    = "This line only suggests contacts. Unless you save, only the call stays in the list."
	ReasonNoCustomerThisWay = "{line} makes no customers of calls in this direction. Unless you save, only the call stays in the list."
	ReasonCustomerWhenRings = "{line} makes a customer with a deal as soon as it rings there."

	ReasonNewCustomer      = "New customer with a deal: the number is unknown, {line} makes them at once."
	ReasonNewCustomerQueue = "New customer with a deal: the number is unknown, {line} makes them at once; {name} is first in queue {queue}."
	ReasonNewCustomerOut   = "New customer with a deal: the number is unknown, {line} makes them at once; {name} called."
	ReasonRepeatCustomer   = "New deal: all earlier leads of this number are closed, {line} makes customers at once."
	ReasonNewDeal          = "Saved on the customer, with a new deal: none was open, {line} makes them at once."

	ReasonBlacklist = "Declined: {entry} is on the blacklist. Only the call stays in the list."
	ReasonException = "{entry} is an exception. The call stays in the list and never reaches the CRM."
	ReasonAnswered  = "{name} answered and is responsible now."
	ReasonPassedOn  = "Passed on to {name}, who is responsible now."

	ReasonConverted = "Converted from a lead."
	ReasonByHand    = "Made by hand from the call."
)

// Reasons are all sentences that Decide and the store give as reasons; the
// translations of the ui are held against this list.
var Reasons = []string{
	ReasonWithheld, ReasonColleague, ReasonInternal,
	ReasonContact, ReasonContactDeal, ReasonContactDeals,
	ReasonContactCompany, ReasonContactCompanyDeal, ReasonContactCompanyDeals,
	ReasonCompany, ReasonCompanyDeal, ReasonCompanyDeals,
	ReasonLead, ReasonDeal, ReasonSeveralContact, ReasonSeveralCompany, ReasonSeveralLead, ReasonClosedLead,
	ReasonSuggest, ReasonNotThisWay, ReasonNotReached, ReasonSuggestContact, ReasonNoCustomerThisWay, ReasonCustomerWhenRings,
	ReasonNewLead, ReasonNewLeadQueue, ReasonNewLeadOut, ReasonRepeat,
	ReasonNewCustomer, ReasonNewCustomerQueue, ReasonNewCustomerOut, ReasonRepeatCustomer, ReasonNewDeal,
	ReasonBlacklist, ReasonException, ReasonAnswered, ReasonPassedOn, ReasonConverted, ReasonByHand,
}

// savedOn says what a call with a known party is saved on (C1).
func savedOn(f Facts) Text {
	best, deals := f.Matches[0], strconv.Itoa(len(f.Deals))
	if others(f) {
		switch best.Ref.Kind {
		case KindContact:
			return Say(ReasonSeveralContact)
		case KindCompany:
			return Say(ReasonSeveralCompany)
		}
		return Say(ReasonSeveralLead)
	}
	switch best.Ref.Kind {
	case KindLead:
		return Say(ReasonLead)
	case KindDeal:
		return Say(ReasonDeal)
	case KindCompany:
		return sayDeals(len(f.Deals), ReasonCompany, ReasonCompanyDeal, ReasonCompanyDeals, "company", best.Name, "deals", deals)
	}
	if f.Company.Ref.None() {
		return sayDeals(len(f.Deals), ReasonContact, ReasonContactDeal, ReasonContactDeals, "deals", deals)
	}
	return sayDeals(len(f.Deals), ReasonContactCompany, ReasonContactCompanyDeal, ReasonContactCompanyDeals,
		"company", f.Company.Name, "deals", deals)
}

// others says whether the agent has a choice (C3): a match that is neither the best
// nor its company.
func others(f Facts) bool {
	for _, m := range f.Matches[1:] {
		if m.Ref != f.Company.Ref {
			return true
		}
	}
	return false
}

// sayDeals is the sentence for no, one or many open deals.
func sayDeals(n int, none, one, many string, pairs ...string) Text {
	switch n {
	case 0:
		return Say(none, pairs...)
	case 1:
		return Say(one, pairs...)
	}
	return Say(many, pairs...)
}

// madeAs says what is made of an unknown caller, and by which rule it has its responsible person (D1).
func madeAs(f Facts, repeat bool) Text {
	line, name, queue := f.Line.Name, responsible(f).Name, f.Line.QueueName
	atOnce := f.Workspace.Mode == Simple // a customer, not a lead (F2)
	switch {
	case repeat && atOnce:
		return Say(ReasonRepeatCustomer, "line", line)
	case repeat:
		return Say(ReasonRepeat, "line", line)
	case f.Direction == Outgoing && atOnce:
		return Say(ReasonNewCustomerOut, "line", line, "name", name)
	case f.Direction == Outgoing:
		return Say(ReasonNewLeadOut, "line", line, "name", name)
	case f.First.ID != "" && atOnce:
		return Say(ReasonNewCustomerQueue, "line", line, "name", name, "queue", queue)
	case f.First.ID != "":
		return Say(ReasonNewLeadQueue, "line", line, "name", name, "queue", queue)
	case atOnce:
		return Say(ReasonNewCustomer, "line", line)
	}
	return Say(ReasonNewLead, "line", line)
}
