package crm

// LeadStatus is where a lead stands (requirements.md F5). A company may add its
// own between the standard ones; those are open.
type LeadStatus string

const (
	LeadNew        LeadStatus = "New"
	LeadInProgress LeadStatus = "In progress"
	LeadProcessed  LeadStatus = "Processed"
	LeadConverted  LeadStatus = "Converted"
	LeadJunk       LeadStatus = "Junk"
)

// LeadStatuses are the standard statuses in their order, as the stage line of a
// lead draws them. Junk is no stage of the line; it ends it.
var LeadStatuses = []LeadStatus{LeadNew, LeadInProgress, LeadProcessed, LeadConverted}

// Open says whether a lead of this status is still worked on (B6: won and junk are closed).
func (s LeadStatus) Open() bool { return s != LeadConverted && s != LeadJunk }

// OwnStatus is a lead status of the company's own, after a standard one.
type OwnStatus struct {
	Name  LeadStatus `json:"name"`
	After LeadStatus `json:"after"` // LeadNew, LeadInProgress or LeadProcessed
}

// Statuses are all lead statuses in their order, without Junk: the standard ones with
// the company's own between. An own one after Converted, or after none, comes before it.
func (w Workspace) Statuses() []LeadStatus {
	var all []LeadStatus
	taken := map[LeadStatus]bool{LeadNew: true, LeadInProgress: true, LeadProcessed: true, LeadConverted: true, LeadJunk: true, "": true}
	add := func(belongs func(OwnStatus) bool) {
		for _, own := range w.OwnStatuses {
			if !taken[own.Name] && belongs(own) {
				taken[own.Name] = true
				all = append(all, own.Name)
			}
		}
	}
	for _, standard := range LeadStatuses {
		if standard == LeadConverted {
			add(func(OwnStatus) bool { return true })
		}
		all = append(all, standard)
		add(func(own OwnStatus) bool { return own.After == standard && standard != LeadConverted })
	}
	return all
}
