package ui

import (
	"strings"

	"fyne.io/fyne/v2"

	"leadline/ui/kit"
	"leadline/ui/text"
)

// accountPart is who one is at which PBX.
func (f *accountForm) accountPart(part int) *fyne.Container {
	name := f.field(FieldName, part, kit.NewField("Name", nil), f.value.Name, func(s string) { f.value.Name = s },
		func() string { return text.T("As you call it; else {user}", "user", f.user()) })
	return kit.Column(8, name, f.addressField(part), f.passwordField(part), f.authUser(part), f.transport())
}

func (f *accountForm) addressField(part int) *kit.Field {
	f.address = f.field(FieldAddress, part, kit.NewField("Address", nil), strings.TrimPrefix(f.value.Address, "sip:"),
		func(s string) { f.value.Address = tidyAddress(s) }, says("User and PBX, such as 101@pbx.example.org"))
	return f.address
}

func (f *accountForm) passwordField(part int) *kit.Field {
	help := says("Kept in the keyring of this computer")
	if f.value.PasswordKept {
		help = says("Kept already; type one to change it")
	}
	f.password = f.field(FieldPassword, part, kit.NewPassword("Password", nil), f.value.Password, nil, help)
	f.password.OnChanged(func(s string) { f.value.Password = s; f.edited() }) // a blank may be part of it
	return f.password
}

func (f *accountForm) authUser(part int) *kit.Field {
	return f.field(FieldAuthUser, part, kit.NewField("User for signing in", nil), f.value.AuthUser, func(s string) { f.value.AuthUser = s },
		func() string { return text.T("Else {user}", "user", f.user()) })
}

func (f *accountForm) transport() fyne.CanvasObject {
	way := kit.NewSegmented("Transport", []kit.Option{
		{ID: "udp", Label: "UDP"}, {ID: "tcp", Label: "TCP"}, {ID: "tls", Label: "TLS"}, {ID: "auto", Key: text.Key("Automatic|transport")},
	}, func(id string) { f.value.Transport = id; f.edited() })
	way.SetChosen(f.value.Transport)
	return labelled("Transport", kit.Row(0, way), "Automatic takes what the domain's DNS says, which may be in the clear.")
}

// soundPart is how one sounds, and who may listen.
func (f *accountForm) soundPart() *fyne.Container {
	pick := func(name text.Key, at *string, options ...kit.Option) *kit.Segmented {
		s := kit.NewSegmented(name, options, func(id string) { *at = id; f.edited() })
		s.SetChosen(*at)
		return s
	}
	srtp := pick(text.Key("Encrypted sound"), &f.value.SRTP, kit.Option{ID: "off", Key: text.Key("Off|encryption")},
		kit.Option{ID: "preferred", Key: text.Key("Preferred|encryption")}, kit.Option{ID: "required", Key: text.Key("Required|encryption")})
	keys := pick(text.Key("Key exchange"), &f.value.SRTPKeys, kit.Option{ID: "sdes", Label: "SDES"}, kit.Option{ID: "dtls", Label: "DTLS"})
	digits := pick(text.Key("Keypad digits"), &f.value.DTMF, kit.Option{ID: "rfc4733", Label: "RFC 4733"},
		kit.Option{ID: "info", Label: "SIP INFO"}, kit.Option{ID: "inband", Key: text.Key("Tones|keypad")})
	codecs := newCodecOrder(f.value.Codecs, func(order []string) { f.value.Codecs = order; f.edited() })
	return kit.Column(16,
		labelled("Encrypted sound", kit.Row(0, srtp), "Preferred: the call window says when a call is not encrypted. Required: there is no call then."),
		labelled("Key exchange", kit.Row(0, keys), "For calls from here. SDES sends the key with the call, so use it over TLS."),
		labelled("Codecs", codecs.box, "In the order in which they are asked for. Opus and G.722 sound like the room, G.711 like a telephone."),
		labelled("Keypad digits", kit.Row(0, digits), "Change it if a menu at the other end does not hear the keys."))
}

// advancedPart is what one PBX among many wants.
func (f *accountForm) advancedPart(part int) *fyne.Container {
	v := &f.value
	field := func(id AccountField, name text.Key, at *string, help text.Key) *kit.Field {
		return f.field(id, part, kit.NewField(name, nil), *at, func(s string) { *at = s }, says(help))
	}
	choice := func(name text.Key, at *string, help text.Key, options ...kit.Option) fyne.CanvasObject {
		s := kit.NewSelect(name, options, func(id string) { *at = id; f.edited() })
		s.SetChosen(*at)
		return kit.Column(4, s, kit.NewProse(help, kit.Quiet))
	}
	mailbox := kit.NewCheck("Ask for waiting messages", func(on bool) { v.AskMailbox = on; f.edited() }).
		WithHelp("Where the PBX does not tell of the mailbox unasked.")
	mailbox.SetOn(v.AskMailbox)
	section := func(name text.Key, rows ...fyne.CanvasObject) fyne.CanvasObject {
		return kit.Column(8, append([]fyne.CanvasObject{kit.NewSection(name, nil)}, rows...)...)
	}
	return kit.Column(22,
		section(text.Key("Calls"),
			f.lineHeader(part), f.defaultLine(part),
			choice(text.Key("Automatic answer"), &v.AutoAnswer, text.Key("A call that is answered by itself is heard at once, by microphone, too."),
				kit.Option{ID: "never", Key: text.Key("Never|automatic answer")}, kit.Option{ID: "header", Key: text.Key("When the PBX asks for it")}, kit.Option{ID: "always", Key: text.Key("Every call")}),
			choice(text.Key("Caller's number"), &v.Asserted, text.Key("Who may name another number than the one the caller's telephone names."),
				kit.Option{ID: "pbx", Key: text.Key("The PBX|caller's number")}, kit.Option{ID: "anyone", Key: text.Key("Anyone|caller's number")}, kit.Option{ID: "nobody", Key: text.Key("Nobody|caller's number")})),
		section(text.Key("Colleagues and messages"),
			f.watched(part),
			field(FieldPickUp, text.Key("Pick-up code"), &v.PickUp, text.Key("Such as *8 or **{extension}; without one by INVITE with Replaces")),
			mailbox),
		section(text.Key("Network"),
			f.proxy(part),
			field(FieldSTUN, text.Key("STUN server"), &v.STUN, text.Key("For agents at home whose PBX does not find their address out")),
			choice(text.Key("Keep the connection open"), &v.KeepAlive, text.Key("So that routers in between keep letting calls through."),
				kit.Option{ID: "options", Key: text.Key("By asking the PBX (OPTIONS)")}, kit.Option{ID: "crlf", Key: text.Key("By an empty message (RFC 5626)")}, kit.Option{ID: "off", Key: text.Key("Not at all")}),
			field(FieldBind, text.Key("Own address and port"), &v.Bind, text.Key("Such as 192.0.2.7:5060; 0.0.0.0:0 is any"))),
		section(text.Key("Certificates for TLS"),
			field(FieldCA, text.Key("Own certificate authority"), &v.CA, text.Key("PEM file of who signs the PBX's certificate; else whom the system trusts")),
			field(FieldCertificate, text.Key("Own certificate"), &v.Certificate, text.Key("PEM file, if the PBX wants to see one")),
			field(FieldKey, text.Key("Its key"), &v.Key, text.Key("PEM file; else it is in the same file"))))
}

func (f *accountForm) proxy(part int) *kit.Field {
	return f.field(FieldProxy, part, kit.NewField("Outbound proxy", nil), f.value.OutboundProxy, func(s string) { f.value.OutboundProxy = s },
		says("A host the calls go through, such as sbc.example.org:5060"))
}

func (f *accountForm) lineHeader(part int) *kit.Field {
	return f.field(FieldLineHeader, part, kit.NewField("Header that names the line", nil), f.value.LineHeader, func(s string) { f.value.LineHeader = s },
		says("Such as X-Line: in it the PBX says which number was dialled"))
}

func (f *accountForm) defaultLine(part int) *kit.Field {
	return f.field(FieldDefaultLine, part, kit.NewField("Default line", nil), f.value.DefaultLine, func(s string) { f.value.DefaultLine = s },
		says("The number of calls in which the PBX names none"))
}

func (f *accountForm) watched(part int) *kit.Field {
	return f.field(FieldWatch, part, kit.NewField("Watched colleagues", nil), strings.Join(f.value.Watch, ", "),
		func(s string) { f.value.Watch = extensions(s) }, says("Extensions, such as 102, 103: the strip below tells who is talking"))
}

// extensions reads a list as people write it; nil when there is none.
func extensions(s string) []string {
	list := strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' || r == ' ' || r == '\t' })
	if len(list) == 0 {
		return nil
	}
	return list
}

// labelled is a control with its label above and a line of help below.
func labelled(name text.Key, control fyne.CanvasObject, help text.Key) fyne.CanvasObject {
	return kit.Column(4, kit.NewLabel(name, kit.Secondary.Weighing(kit.Medium)), control, kit.NewProse(help, kit.Quiet))
}
