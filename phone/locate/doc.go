// Package locate finds where the requests for a SIP domain go: the procedures of RFC
// 3263, by NAPTR, SRV and address records. It sends no SIP; what it finds is tried in
// order until one answers.
package locate
