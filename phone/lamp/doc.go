// Package lamp reads what a PBX notifies a telephone of besides calls: messages that
// wait in the mailbox (RFC 3842), and what the telephones of colleagues do (RFC 4235).
// It is pure: bodies in, values out.
package lamp
