package crm

// Changed says what a transaction changed.
type Changed struct {
	Refs  []Ref
	Calls []ID
	Lists bool // so much changed (an import) that everything shown should be asked again
}
