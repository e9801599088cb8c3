// Package text puts what the program says into the agent's language.
//
// The English wording is the key: text.T("Answer"), with places in braces and
// their values in pairs: text.T("Wrong password. {n} more tries.", "n", 4).
// Two meanings of one English word are told apart by what stands after a bar:
// "New|lead" is shown as "New".
//
// The other languages are files in assets/translations, one folder for each
// language and in it one file for each part of the program (de/call.json for the call window,
// company.json for how the company is set up, main.json, kit.json, desk.json,
// crm.json, common.json): objects of English
// wording → translation, merged when the language is chosen. Two files must not
// translate a wording differently; what several parts say belongs into common.json.
//
// A test reads the Go sources and fails on a wording that is used and not
// translated, is translated and not used, or is translated in two ways. It sees
// literals that are
//   - arguments of text.T, text.Tn, text.English, text.Say and text.Key(…),
//   - arguments of type text.Key of any function or method of ui/kit,
//   - results and struct fields of type text.Key,
//   - Key: "…" in a composite literal (desk.Text, crm.Text and the like) and
//     the first element of such a literal without field names,
//   - arguments called key of functions that make a Text, in packages that may
//     not import this one.
//
// What stands in a variable has to be marked where it is written: text.Key("…").
//
// The package also writes dates, lengths, money and key names in the way of the
// language. All functions may be called by any goroutine; SetLanguage is for the
// start of the program and its settings.
package text
