package crm

// CallRight says whom a person may call (requirements.md G1). A greater one includes the lesser.
type CallRight int

const (
	CallNobody           CallRight = iota // emergency numbers alone
	CallCRM                               // numbers that the CRM knows
	CallCRMAndColleagues                  // and users of the company
	CallAnyone                            // any number
)

// Reach says whose things a right is about. A greater one includes the lesser.
type Reach int

const (
	ReachNone       Reach = iota // nobody's
	ReachOwn                     // the person's own
	ReachDepartment              // those of the person's department
	ReachAll                     // everybody's
)

// Rights are what a person may do. Rights are no secrets: the interface hides or explains
// by them, the server enforces them (G2).
type Rights struct {
	Call             CallRight `json:"call,omitempty"`
	SeeCalls         Reach     `json:"see_calls,omitempty"`
	Listen           Reach     `json:"listen,omitempty"` // to recordings
	DeleteRecordings Reach     `json:"delete_recordings,omitempty"`
	Lines            bool      `json:"lines,omitempty"`    // change lines and queue groups
	Users            bool      `json:"users,omitempty"`    // change users and roles
	Settings         bool      `json:"settings,omitempty"` // change CRM settings: mode, pipelines, fields, exceptions
}

// Role is a named set of rights.
type Role struct {
	ID     ID     `json:"id"`
	Name   string `json:"name"`
	Rights Rights `json:"rights"`
}

// The standard roles have the same ids in every workspace.
const (
	Administrator    ID = "6b1d2f0a-0f6b-8e0e-9d5c-5f1a00000011"
	ChiefExecutive   ID = "6b1d2f0a-0f6b-8e0e-9d5c-5f1a00000012"
	HeadOfDepartment ID = "6b1d2f0a-0f6b-8e0e-9d5c-5f1a00000013"
	Agent            ID = "6b1d2f0a-0f6b-8e0e-9d5c-5f1a00000014"
)

// AllRights are those of an administrator.
var AllRights = Rights{CallAnyone, ReachAll, ReachAll, ReachAll, true, true, true}

// StandardRoles are what a workspace starts with, the highest first. Their rights
// can be changed, but for the administrator's, so that nobody locks everybody out.
func StandardRoles() []Role {
	return []Role{
		{Administrator, "Administrator", AllRights},
		{ChiefExecutive, "Chief executive", Rights{CallAnyone, ReachAll, ReachAll, ReachNone, false, false, false}},
		{HeadOfDepartment, "Head of department", Rights{CallAnyone, ReachDepartment, ReachDepartment, ReachNone, false, false, false}},
		{Agent, "Agent", Rights{CallAnyone, ReachOwn, ReachOwn, ReachNone, false, false, false}},
	}
}

// RightsOf are the rights of a user: of each the highest that one of the user's
// roles gives (G1). A user without a role is an agent; one who has left may nothing.
func RightsOf(u User, roles []Role) Rights {
	if u.Left {
		return Rights{}
	}
	mine := u.Roles
	if len(mine) == 0 {
		mine = []ID{Agent}
	}
	var all Rights
	for _, id := range mine {
		for _, r := range roles {
			switch {
			case r.ID != id:
			case id == Administrator:
				return AllRights
			default:
				all = all.or(r.Rights)
			}
		}
	}
	return all
}

func (r Rights) or(o Rights) Rights {
	return Rights{
		Call: max(r.Call, o.Call), SeeCalls: max(r.SeeCalls, o.SeeCalls), Listen: max(r.Listen, o.Listen),
		DeleteRecordings: max(r.DeleteRecordings, o.DeleteRecordings),
		Lines:            r.Lines || o.Lines, Users: r.Users || o.Users, Settings: r.Settings || o.Settings,
	}
}

// Whom one may not call, as the window says it.
const (
	MayCallNobody     = "Your role does not allow calls out."
	MayCallCRMOnly    = "Your role allows calls to numbers of the CRM only."
	MayCallCRMOrStaff = "Your role allows calls to numbers of the CRM and to colleagues only."
)

// RightsTexts are all sentences of Rights.MayCall.
var RightsTexts = []string{MayCallNobody, MayCallCRMOnly, MayCallCRMOrStaff}

// MayCall says whether the rights allow a call to someone whom the CRM knows, or
// who is a colleague; an error of type Invalid says why not.
func (r Rights) MayCall(known, colleague bool) error {
	switch {
	case r.Call >= CallAnyone, r.Call >= CallCRM && known, r.Call >= CallCRMAndColleagues && colleague:
		return nil
	case r.Call == CallNobody:
		return Invalid{Say(MayCallNobody)}
	case r.Call == CallCRM:
		return Invalid{Say(MayCallCRMOnly)}
	}
	return Invalid{Say(MayCallCRMOrStaff)}
}

// MayPassOn says whether the rights allow that a call is passed or sent on to someone: to colleagues, always, who are not
// called out to (requirements.md G1, "call out"); to others as MayCall does.
func (r Rights) MayPassOn(known, colleague bool) error {
	if colleague {
		return nil
	}
	return r.MayCall(known, colleague)
}

// Includes says whether a right of that reach is about what owner owns.
func (r Reach) Includes(me, owner User) bool {
	switch r {
	case ReachAll:
		return true
	case ReachDepartment:
		return me.ID == owner.ID || me.Department != "" && me.Department == owner.Department
	case ReachOwn:
		return me.ID == owner.ID
	}
	return false
}

// Cover says whether the rights are at least those asked for. A person can give away only what they have.
func (r Rights) Cover(asked Rights) bool { return r.or(asked) == r }
