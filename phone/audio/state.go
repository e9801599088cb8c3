package audio

// Condition is how a role (microphone, speaker, ringer) stands.
type Condition int

const (
	Ready    Condition = iota // there, not open: nothing needs it now
	Opening                   // being opened; calls hear silence meanwhile
	Working                   // open, sound flows
	Replaced                  // the chosen device is gone, the system's default is in its place
	Absent                    // no device can be had: silence
)

func (c Condition) String() string {
	return [...]string{"ready", "opening", "working", "replaced", "absent"}[c]
}

// Use tells which device a role has.
type Use struct {
	Device    string // name of the device in use, or that would be; "" when there is none
	Wanted    string // the chosen device, when it is not the one in use
	Condition Condition
	Why       string // for the log-minded: what the sound server said last; "" when all is well
}

// Problem is what the agent should be told, as one word for the ui to translate.
type Problem int

const (
	NoProblem          Problem = iota
	NoMicrophone               // the far end hears nothing
	NoSpeaker                  // the agent hears nothing
	MicrophoneReplaced         // the chosen one is gone; Use.Device is in its place
	SpeakerReplaced            // likewise
	NoRinger                   // calls ring nowhere
	RingerReplaced             // the chosen one is gone
)

// Key is the English sentence of a problem; {device} and {wanted} are to be
// filled in from the role's Use. "" when there is no problem.
func (p Problem) Key() string {
	return [...]string{
		"",
		"No microphone: the other side cannot hear you",
		"No speaker: you cannot hear the other side",
		"{wanted} is not connected, {device} is used as the microphone",
		"{wanted} is not connected, {device} is used as the speaker",
		"No ringer: incoming calls are silent",
		"{wanted} is not connected, {device} is used as the ringer",
	}[p]
}

// State is the sound card in one value.
type State struct {
	Microphone, Speaker, Ringer Use
}

// Problem is the worst thing to tell, and the role it is about.
func (s State) Problem() (Problem, Use) {
	for _, p := range []struct {
		at      Condition
		use     Use
		problem Problem
	}{
		{Absent, s.Microphone, NoMicrophone},
		{Absent, s.Speaker, NoSpeaker},
		{Replaced, s.Microphone, MicrophoneReplaced},
		{Replaced, s.Speaker, SpeakerReplaced},
		{Absent, s.Ringer, NoRinger},
		{Replaced, s.Ringer, RingerReplaced},
	} {
		if p.use.Condition == p.at {
			return p.problem, p.use
		}
	}
	return NoProblem, Use{}
}
