// Package recordings brings recordings of calls to the shared server, in the background and so slowly that no call suffers,
// and fetches those of colleagues to be heard.
//
// What there is to bring follows from the calls in the agent's file and the files beside it; nothing else is kept, so that a
// program that was killed goes on where the server says that it was.
package recordings
