// Package webhook tells other software of changes: it posts them to an address, signed, in the order in which they
// happened, and again until they are taken. A change may come twice, never before an earlier one.
//
// What is told is what the user may see whose webhook it is, at that moment.
package webhook
