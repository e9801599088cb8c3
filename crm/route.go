package crm

import "time"

// RouteFacts are all that the way of an incoming call may depend on (requirements.md D3).
type RouteFacts struct {
	Line        Line
	At          time.Time
	Party       Party
	Exception   string  // as in Facts: the CRM knows nothing of exceptions
	Matches     []Match // best first
	Responsible User    // of the best match; zero when nobody is
	Ready       bool    // the responsible's phone is there and not busy, and they have not asked for quiet
}

// Route is where an incoming call goes.
type Route struct {
	Extension string // of the responsible person; "" is the line's normal way
	Reason    Text
}

// Why a call goes where it goes.
const (
	RouteSettingOff  = "{line} does not send calls to the responsible person."
	RouteUnknown     = "The caller is unknown."
	RouteNobody      = "Nobody is responsible for {customer}."
	RouteLeft        = "{name} is responsible and has left the company."
	RouteNoExtension = "{name} is responsible and has no telephone."
	RouteAfterHours  = "It is outside the working hours of {line}."
	RouteNotReady    = "{name} is responsible, but busy or not at work."
	RouteResponsible = "{name} is responsible for {customer}."
)

// RouteTexts are all reasons of DecideRoute.
var RouteTexts = []string{RouteSettingOff, RouteUnknown, RouteNobody, RouteLeft, RouteNoExtension, RouteAfterHours, RouteNotReady, RouteResponsible}

// DecideRoute says whether an incoming call goes to the responsible person at once
// (D3). In doubt it goes the line's normal way.
func DecideRoute(f RouteFacts) Route {
	normally := func(key string, pairs ...string) Route { return Route{Reason: Say(key, pairs...)} }
	if !f.Line.SendToResponsible {
		return normally(RouteSettingOff, "line", f.Line.Name)
	}
	if f.Exception != "" || f.Party.Kind == Withheld || len(f.Matches) == 0 {
		return normally(RouteUnknown)
	}
	customer := f.Matches[0].Name
	if customer == "" {
		customer = f.Party.DialString()
	}
	who := f.Responsible
	switch {
	case who.ID == "":
		return normally(RouteNobody, "customer", customer)
	case who.Left: // D4
		return normally(RouteLeft, "name", who.Name)
	case who.Extension == "":
		return normally(RouteNoExtension, "name", who.Name)
	case !f.Line.Hours.Open(f.At):
		return normally(RouteAfterHours, "line", f.Line.Name)
	case !f.Ready:
		return normally(RouteNotReady, "name", who.Name)
	}
	return Route{Extension: who.Extension, Reason: Say(RouteResponsible, "name", who.Name, "customer", customer)}
}
