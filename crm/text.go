package crm

import "slices"

// Text is a sentence by its English wording. The ui translates Key and puts
// Args into its {places}. The zero Text says nothing.
type Text struct {
	Key  string            `json:"key,omitempty"`
	Args map[string]string `json:"args,omitempty"`
}

// Texts are all sentences that the domain says; the translations are held against them.
func Texts() []string {
	return slices.Concat(Reasons, FormTexts, PipelineTexts, HoursTexts, RightsTexts, FieldTexts, BlocklistTexts, CommandTexts, RouteTexts, ConvertTexts, UndoTexts, LineTexts, RefusalTexts, MoneyTexts)
}

// Say makes a Text; the arguments are pairs of place and value.
func Say(key string, pairs ...string) Text {
	t := Text{Key: key}
	if len(pairs) > 1 {
		t.Args = make(map[string]string, len(pairs)/2)
		for i := 0; i+1 < len(pairs); i += 2 {
			t.Args[pairs[i]] = pairs[i+1]
		}
	}
	return t
}
