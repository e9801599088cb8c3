package ui

import "leadline/ui/text"

// standardResults are the results of a call (requirements.md H3), in the order of their keys, as
// crm.Results has them.
var standardResults = map[string]text.Key{
	"Interested":   text.Key("Interested|result"),
	"Callback":     text.Key("Callback|result"),
	"Quote":        text.Key("Quote|result"),
	"Complaint":    text.Key("Complaint|result"),
	"No need":      text.Key("No need|result"),
	"Wrong number": text.Key("Wrong no.|result"),
}

// resultWords is a call's result in words; another than the standard ones is shown as it is.
func resultWords(result string) string {
	if key, ok := standardResults[result]; ok {
		return text.T(key)
	}
	return result
}

// sourceWords is a lead's source in words; one of the company's own is shown as it is.
func sourceWords(source string) string {
	if key, ok := standardSources[source]; ok {
		return text.T(key)
	}
	return source
}
