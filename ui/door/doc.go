// Package door drives the windows from outside: tests, screenshots, and people who
// script their phone.
//
// It listens on a Unix socket that only its user may open, reads one JSON object a
// line and answers each with one line, in order: {"ok":true,…} or
// {"ok":false,"error":"…"}. A bad line is answered and the connection goes on.
// Widgets are found by their English names, whatever the language shown. Off unless
// it is asked for.
//
//	{"do":"state"}                                   accounts, calls, sync, unsaved work
//	{"do":"windows"}                                 the windows, shown and hidden
//	{"do":"tree","window":"call"}                    the visible widgets of a window
//	{"do":"tap","window":"call","name":"Answer"}     as a click would
//	{"do":"type","window":"call","name":"Last name","text":"Müller"}
//	{"do":"choose","window":"call","name":"Source","text":"Website"}
//	{"do":"key","window":"call","key":"Ctrl+J"}      as the keyboard would
//	{"do":"dial","to":"+49301234567","account":"Office"}
//	{"do":"wait","window":"call","text":"Meier","timeout_ms":2000}
//	{"do":"shot","window":"call","file":"call.png"}
//	{"do":"close","window":"call"}                   as its close button would
//	{"do":"frames"}                                  how long the windows hung at most since the wish before
//
// type replaces what is in the field; with "append":true it is added. wait waits for
// a visible text, with "name" for a widget that can be used, with "gone":true until
// it is no longer there. With several windows of a kind the second is "call-2".
package door
