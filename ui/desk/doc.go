// Package desk is what lies on the agent's desk: the calls in progress, each
// joined with its card from the CRM, and the lists and records of the main window.
//
// It is where phone and crm meet: plain Go, no Fyne, no sockets. Windows get
// values (Snapshot, Row, Record) and hand in wishes (the methods of Desk); they
// never see a phone.Call or a crm record. All texts that the program itself
// makes are language-neutral (Text, State, Outcome): the ui translates them.
package desk
