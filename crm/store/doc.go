// Package store is the agent's SQLite file: what the CRM knows, the calls and
// their notes, the outbox, the search index.
//
// All methods of Store may be called from any goroutine. Every change is a
// command (crm.Change) that is applied in one transaction, together with its row
// in the outbox, and is on the disk when the method returns: a program killed a
// moment later has lost nothing (requirements.md H4). Reads never wait for a
// write. The file belongs to one program at a time.
package store
