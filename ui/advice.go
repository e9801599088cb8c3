package ui

import (
	"leadline/ui/desk"
	"leadline/ui/text"
)

// advice is what to do about a trouble with the PBX, the shared server or the sound, by how it is told (issue 6.10).
var advice = map[string]text.Key{
	"The PBX cannot be reached":              text.Key("Look whether this computer is on the network, and at address and transport."),
	"The PBX does not answer":                text.Key("Look at address, port and transport; a firewall may be in between."),
	"Wrong user or password":                 text.Key("Type user and password as the PBX has them."),
	"The PBX does not know this user":        text.Key("Look at the user in the address, before the @."),
	"The PBX refuses this account":           text.Key("Ask the PBX's administrator whether this account may register from here."),
	"The PBX refused the registration":       text.Key("Ask the PBX's administrator what it wants of this account."),
	"The PBX reports an error":               text.Key("It is tried again by itself. If it stays, ask the PBX's administrator."),
	"The TLS certificate is not accepted":    text.Key("Name under Advanced who signs the PBX's certificate, or ask its administrator."),
	"This address cannot be used":            text.Key("Write it as sip:101@pbx.example.org."),
	"The server cannot be reached":           text.Key("Look whether this computer is on the network, and at the server's address."),
	"The server refused it":                  text.Key("Ask the server's administrator."),
	"The server is too old for that":         text.Key("Ask the server's administrator to update it."),
	"This version is too old for the server": text.Key("Install the newer one; what you do until then is kept here."),
	"The server is too old for this version": text.Key("Ask the server's administrator to update it."),

	"No microphone: the other side cannot hear you": adviceSound,
	"No speaker: you cannot hear the other side":    adviceSound,
	"No ringer: incoming calls are silent":          adviceSound,

	"{wanted} is not connected, {device} is used as the microphone": adviceDevice,
	"{wanted} is not connected, {device} is used as the speaker":    adviceDevice,
	"{wanted} is not connected, {device} is used as the ringer":     adviceDevice,
}

const (
	adviceSound  = text.Key("Connect a headset, or choose another device in the settings, under Sound.")
	adviceDevice = text.Key("Connect it again, or choose another device in the settings, under Sound.")
)

// adviceOn says what to do about a trouble; "" where its sentence says it.
func adviceOn(trouble desk.Text) string {
	if key := advice[trouble.Key]; key != "" {
		return text.T(key)
	}
	return ""
}
