package crm

import "time"

type (
	// SaveRecordings says in which files a call was recorded, all of them, oldest first.
	SaveRecordings struct {
		Call  ID       `json:"call"`
		Files []string `json:"files"` // their names in the directory of recordings of the program that recorded
	}
	// SaveQuality says how a call sounded, once it has ended.
	SaveQuality struct {
		Call    ID           `json:"call"`
		Quality SoundQuality `json:"quality"`
	}
)

// CommandName is Change's.
func (SaveRecordings) CommandName() string { return "call.recordings/1" }

// CommandName is Change's.
func (SaveQuality) CommandName() string { return "call.quality/1" }

func init() {
	register[SaveRecordings]()
	register[SaveQuality]()
}

// SoundQuality is the summary of a call's sound that stays with its record.
type SoundQuality struct {
	Codec string        `json:"codec"`
	Time  time.Duration `json:"time"` // for how long there was sound, in nanoseconds

	Received uint64        `json:"received"`             // packets
	Lost     uint64        `json:"lost,omitempty"`       // packets that never came
	Loss     float64       `json:"loss,omitempty"`       // 0..1 of the whole call, of what we received
	LossSent float64       `json:"loss_sent,omitempty"`  // 0..1, the worst that the far end reported
	Jitter   time.Duration `json:"jitter,omitempty"`     // the worst
	Trip     time.Duration `json:"round_trip,omitempty"` // the worst; 0 when unknown
	MOS      float64       `json:"mos,omitempty"`        // mean of the call, 1..4.5; 0 when unknown
	Worst    float64       `json:"mos_worst,omitempty"`  // of any ten seconds

	Encryption string `json:"encryption,omitempty"` // how the sound was encrypted at its end: "SDES, AES_CM_128_HMAC_SHA1_80"; "" is not at all

	// Troubles are what was wrong for a while: "nothing-heard", "not-heard-there",
	// "microphone-silent", in the order of their first appearance.
	Troubles []string `json:"troubles,omitempty"`
}
