package sdp

import (
	"os"
	"path/filepath"
	"testing"
)

// offers are such as PBXs, gateways, routers and softphones send; addresses are made up.
func offers(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/offers/*.sdp")
	if err != nil || len(files) == 0 {
		t.Fatalf("no offers in testdata: %v", err)
	}
	all := map[string][]byte{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(file)] = text
	}
	return all
}

func TestOffersOfManyMakes(t *testing.T) {
	type answer struct {
		codec string
		dtmf  uint8
		lines int
		line  int // the one taken
		port  uint16
	}
	want := map[string]answer{
		"asterisk.sdp":                    {"PCMA", 101, 1, 0, 17562},
		"module-softphone-with-video.sdp": {"PCMA", 101, 2, 0, 21884},
		"avpf-two-events.sdp":             {"PCMA", 97, 1, 0, 7078},
		"home-router.sdp":                 {"PCMA", 101, 1, 0, 7082},
		"gateway-with-fax.sdp":            {"PCMA", 100, 2, 0, 24680},
		"secure-or-plain.sdp":             {"PCMA", 101, 2, 1, 30002},
	}
	for name, offer := range offers(t) {
		t.Run(name, func(t *testing.T) {
			want, ok := want[name]
			if !ok {
				t.Fatal("no expectation for it")
			}
			body, m, err := Answer(offer, desk())
			if err != nil {
				t.Fatal(err)
			}
			d, err := read(body)
			if err != nil {
				t.Fatal(err)
			}
			expect(t, "codec", m.Codec.Name, want.codec)
			expect(t, "telephone-event", m.DTMFSend, want.dtmf)
			expect(t, "port", m.Addr.Port(), want.port)
			expect(t, "lines", len(d.MediaDescriptions), want.lines)
			for i, line := range d.MediaDescriptions {
				expect(t, "accepted", line.MediaName.Port.Value != 0, i == want.line)
			}
		})
	}
}
