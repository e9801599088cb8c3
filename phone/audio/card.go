package audio

import (
	"encoding/hex"
	"fmt"
	"runtime"
	"strings"
	"unsafe"

	"github.com/gen2brain/malgo"
)

// card is a connection to the system's sound server. A card and the streams
// opened from it belong to one goroutine. Every method may hang as long as the
// server does.
type card interface {
	// devices are those there now.
	devices() ([]Device, error)
	// open starts a stream between a device ("" is the system's default) and the
	// tap's ring.
	open(kind Kind, id string, t *tap) (stream, error)
	close()
}

// stream is a running device.
type stream interface{ close() }

// How often a device is served (design.md: microphone → echo → speaker ≤ 100 ms).
// For PulseAudio, miniaudio buffers one period of the speaker, and one of 10 ms
// broke up on a busy machine; of the microphone it gives a period in pieces, so that
// twice as often costs 4 ms less delay and a tenth more of the processor.
const (
	microphonePeriod = 20 // ms
	speakerPeriod    = 20 // ms
	periods          = 3
)

// backends leaves out miniaudio's last resort, a device that plays into nothing:
// a machine without sound shall say so. JACK is left out because nobody wires a
// telephone by hand.
var backends = []malgo.Backend{
	malgo.BackendWasapi, malgo.BackendDsound, malgo.BackendWinmm, malgo.BackendCoreaudio,
	malgo.BackendSndio, malgo.BackendAudio4, malgo.BackendOss, malgo.BackendPulseaudio, malgo.BackendAlsa,
}

// noCard are the "devices" of ALSA that are converters or ways to other sound
// servers: listed on every machine, also on one without a sound card.
var noCard = map[string]bool{
	"null": true, "jack": true, "oss": true, "pulse": true, "speex": true, "upmix": true,
	"vdownmix": true, "lavrate": true, "samplerate": true, "speexrate": true,
}

// malgoCard is the real one.
type malgoCard struct{ ctx *malgo.AllocatedContext }

func openCard() (card, error) {
	ctx, err := malgo.InitContext(backends, malgo.ContextConfig{ThreadPriority: malgo.ThreadPriorityHighest}, nil)
	if err != nil {
		return nil, fmt.Errorf("connect to the system's sound server: %w", err)
	}
	return &malgoCard{ctx}, nil
}

func (c *malgoCard) close() {
	_ = c.ctx.Uninit() // nothing is left to be done about it
	c.ctx.Free()
}

func (c *malgoCard) devices() ([]Device, error) {
	var all []Device
	for _, k := range []struct {
		kind      Kind
		direction malgo.DeviceType
	}{{Microphone, malgo.Capture}, {Speaker, malgo.Playback}} {
		infos, err := c.ctx.Devices(k.direction)
		if err != nil {
			return nil, fmt.Errorf("list the %ss: %w", k.kind, err)
		}
		for _, info := range infos {
			if noCard[idText(info.ID)] {
				continue
			}
			all = append(all, Device{ID: idText(info.ID), Name: info.Name(), Kind: k.kind, Default: info.IsDefault != 0})
		}
	}
	return all, nil
}

func (c *malgoCard) open(kind Kind, id string, t *tap) (stream, error) {
	var raw malgo.DeviceID
	var pin runtime.Pinner
	defer pin.Unpin()
	sub := malgo.SubConfig{Format: malgo.FormatS16, Channels: 1}
	if id != "" {
		var err error
		if raw, err = idOf(id); err != nil {
			return nil, err
		}
		pin.Pin(&raw)
		sub.DeviceID = unsafe.Pointer(&raw)
	}
	direction := malgo.Playback
	if kind == Microphone {
		direction = malgo.Capture
	}
	config := malgo.DefaultDeviceConfig(direction)
	config.SampleRate = Rate
	config.PeriodSizeInMilliseconds = speakerPeriod
	if kind == Microphone {
		config.PeriodSizeInMilliseconds = microphonePeriod
	}
	if kind == Speaker {
		config.NoFixedSizedCallback = 1 // the ring gives any size, and a period gathered first would be delay
	}
	config.Periods = periods
	config.PerformanceProfile = malgo.LowLatency
	config.NoClip = 1
	config.Pulse.StreamNamePlayback, config.Pulse.StreamNameCapture = "Leadline", "Leadline"
	config.Playback, config.Capture = sub, sub
	callbacks := malgo.DeviceCallbacks{Data: t.fromSpeaker}
	if kind == Microphone {
		callbacks.Data = t.fromMicrophone
	}
	d := newDirect(&config, t)
	dev, err := malgo.InitDevice(c.ctx.Context, config, callbacks)
	if err != nil {
		d.close()
		return nil, fmt.Errorf("open the %s %q: %w", kind, id, err)
	}
	if err := dev.Start(); err != nil {
		dev.Uninit()
		d.close()
		return nil, fmt.Errorf("start the %s %q: %w", kind, id, err)
	}
	return &malgoStream{dev, d}, nil
}

type malgoStream struct {
	dev    *malgo.Device
	direct *direct
}

// close stops the device before it is given up: miniaudio 0.11 waits in
// ma_device_uninit for its worker thread but wakes it only in ma_device_stop, and
// a PulseAudio stream whose device was pulled out never wakes by itself.
func (s *malgoStream) close() {
	_ = s.dev.Stop() // fails on a device that is gone, which is what is wanted
	s.dev.Uninit()
	s.direct.close()
}

// hexID begins the ID of a device whose own is no plain text (Windows).
const hexID = "hex:"

// idText is a device's ID as the configuration file can hold it. PulseAudio,
// ALSA and CoreAudio name their devices in plain text.
func idText(id malgo.DeviceID) string {
	text := strings.TrimRight(string(id[:]), "\x00")
	for _, b := range []byte(text) {
		if b < ' ' || b > '~' {
			return hexID + hex.EncodeToString([]byte(text))
		}
	}
	return text
}

// idOf is idText's way back.
func idOf(text string) (id malgo.DeviceID, err error) {
	raw := []byte(text)
	if digits, ok := strings.CutPrefix(text, hexID); ok {
		if raw, err = hex.DecodeString(digits); err != nil {
			return id, fmt.Errorf("device ID %q: %w", text, err)
		}
	}
	if len(raw) > len(id) {
		return id, fmt.Errorf("device ID %q is longer than %d bytes", text, len(id))
	}
	copy(id[:], raw)
	return id, nil
}
