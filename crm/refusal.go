package crm

// Why the server refuses commands, as the tray says it.
const (
	WasRemoved     = "It was removed meanwhile. Nothing was changed."
	WasKnown       = "The caller was a customer already, whose record has the call. Nothing was changed."
	RemoveChanged  = "It was changed since it was removed here. It stays."
	NoRight        = "Your role does not allow that."
	NeverThere     = "The server does not know this record."
	NotUnderstood  = "The server is of an older version and does not know this change."
	NoSense        = "The server could not make sense of this change."
	TooLargeToSend = "This change is too large to be sent."
	LastAdmin      = "Somebody has to stay an administrator."
	RemovesSelf    = "Nobody can remove themselves. Another administrator can."
	GiveLess       = "Nobody can give away more rights than they have."
	EraseInCall    = "A call with this person goes on. Erase them after it."
)

// RefusalTexts are all sentences by which the server refuses commands.
var RefusalTexts = []string{WasRemoved, WasKnown, RemoveChanged, NoRight, NeverThere, NotUnderstood, NoSense, TooLargeToSend, LastAdmin, RemovesSelf, GiveLess, EraseInCall}
