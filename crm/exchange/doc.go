// Package exchange brings customers in from other programs and out to them.
// It begins with the CSV of Google Contacts, in both forms that Google has used.
package exchange
