// Package recordings keeps recordings of calls on the server: brought by programs piece by piece, sealed before they touch
// the disk, given to those who may listen, and removed when their time is over or nobody's call names them any more.
//
// They are files in one folder, also for servers on PostgreSQL, which then share it: fifty agents record some gigabytes a
// day, which as large objects would go through the database's log of writes, its copies and every pg_dump, while a file
// that is written once is backed up by any tool that copies what is new. What the database knows of each is a row (the
// table recording) without a name or a number; which call has which recordings is said by the call.
//
// Whatever ends a server in the middle leaves a part that is gone on with, a whole file whose row says that it is on its way,
// which is looked at again, or a row that is gone whose file Sweep removes.
package recordings
