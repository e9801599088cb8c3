package notify

import (
	"encoding/xml"
	"strings"
	"testing"
)

func TestACallersNameStaysText(t *testing.T) {
	n := Notification{Tag: "1", Title: `$(calc) ]]></text>`, Actions: []Action{{"answer", `A"B`}}}
	text, err := xml.Marshal(toastXML(n))
	if err != nil {
		t.Fatal(err)
	}
	if s := string(text); strings.Contains(s, "</text>]") || strings.Count(s, "</text>") != 2 || strings.Contains(s, `A"B`) {
		t.Errorf("not escaped: %s", s)
	}
}
