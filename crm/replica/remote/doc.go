// Package remote is the shared server over HTTP, as crm/replica speaks with it: requests in
// CBOR, hints over a WebSocket, tokens that are refreshed as they run out. Nothing that the server sends is
// taken in without a bound.
package remote
