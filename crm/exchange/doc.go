// Package exchange brings customers in from other programs and out to them: CSV
// of Google Contacts, Outlook, Bitrix24 and with columns named by hand, vCards
// 2.1, 3.0 and 4.0. What comes in is foreign input: a row that is broken is refused
// alone, with its line and the reason.
package exchange
