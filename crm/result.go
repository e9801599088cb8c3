package crm

// Results are what an agent can say of a call when it is over (requirements.md H3), in their order.
// They are names in files and commands and never change.
var Results = []string{"Interested", "Callback", "Quote", "Complaint", "No need", "Wrong number"}
