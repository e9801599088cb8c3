package ledger

import (
	"leadline/crm"
	"leadline/crm/wire"
)

func refuse(code wire.Reject, sentence string, pairs ...string) error {
	return &Refusal{code, crm.Say(sentence, pairs...)}
}

// NotKnown refuses a command that this version cannot read.
func NotKnown() error { return refuse(wire.RejectUnknown, crm.NotUnderstood) }

// Senseless refuses a command whose arguments make no sense.
func Senseless() error { return refuse(wire.RejectInvalid, crm.NoSense) }
