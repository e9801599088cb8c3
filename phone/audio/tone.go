package audio

import (
	"math"
	"strings"
	"time"
)

// Tone is a call progress tone, ITU-T E.180.
type Tone int

const (
	ToneRingback   Tone = iota // it rings at the far end
	ToneBusy                   // the far end is busy
	ToneCongestion             // the call could not be set up
	ToneWaiting                // a second call knocks
	ToneTest                   // "do you hear this?", for the settings
)

// cadence is a tone's pitch and its on and off times, repeated.
type cadence struct {
	hertz []float64
	steps []time.Duration // on, off, on, off…
	gain  float64         // of full scale, per frequency
}

const ms = time.Millisecond

// cadences are the tones of a country by ISO 3166 code, from the ITU's list of
// "Various tones used in national networks" (E.180 supplement 2).
var cadences = map[string]map[Tone]cadence{
	"DE": {
		ToneRingback:   {[]float64{425}, []time.Duration{1000 * ms, 4000 * ms}, 0.12},
		ToneBusy:       {[]float64{425}, []time.Duration{480 * ms, 480 * ms}, 0.12},
		ToneCongestion: {[]float64{425}, []time.Duration{240 * ms, 240 * ms}, 0.12},
		ToneWaiting:    {[]float64{425}, []time.Duration{200 * ms, 200 * ms, 200 * ms, 5000 * ms}, 0.06},
	},
	"AT": {
		ToneRingback:   {[]float64{420}, []time.Duration{1000 * ms, 5000 * ms}, 0.12},
		ToneBusy:       {[]float64{420}, []time.Duration{400 * ms, 400 * ms}, 0.12},
		ToneCongestion: {[]float64{420}, []time.Duration{200 * ms, 200 * ms}, 0.12},
		ToneWaiting:    {[]float64{420}, []time.Duration{40 * ms, 1950 * ms}, 0.06},
	},
	"CH": {
		ToneRingback:   {[]float64{425}, []time.Duration{1000 * ms, 4000 * ms}, 0.12},
		ToneBusy:       {[]float64{425}, []time.Duration{500 * ms, 500 * ms}, 0.12},
		ToneCongestion: {[]float64{425}, []time.Duration{200 * ms, 200 * ms}, 0.12},
		ToneWaiting:    {[]float64{425}, []time.Duration{200 * ms, 200 * ms, 200 * ms, 4000 * ms}, 0.06},
	},
	"GB": {
		ToneRingback:   {[]float64{400, 450}, []time.Duration{400 * ms, 200 * ms, 400 * ms, 2000 * ms}, 0.08},
		ToneBusy:       {[]float64{400}, []time.Duration{375 * ms, 375 * ms}, 0.12},
		ToneCongestion: {[]float64{400}, []time.Duration{400 * ms, 350 * ms, 225 * ms, 525 * ms}, 0.12},
		ToneWaiting:    {[]float64{400}, []time.Duration{100 * ms, 2500 * ms}, 0.06},
	},
	"US": {
		ToneRingback:   {[]float64{440, 480}, []time.Duration{2000 * ms, 4000 * ms}, 0.08},
		ToneBusy:       {[]float64{480, 620}, []time.Duration{500 * ms, 500 * ms}, 0.08},
		ToneCongestion: {[]float64{480, 620}, []time.Duration{250 * ms, 250 * ms}, 0.08},
		ToneWaiting:    {[]float64{440}, []time.Duration{300 * ms, 10000 * ms}, 0.06},
	},
	"FR": {
		ToneRingback:   {[]float64{440}, []time.Duration{1500 * ms, 3500 * ms}, 0.12},
		ToneBusy:       {[]float64{440}, []time.Duration{500 * ms, 500 * ms}, 0.12},
		ToneCongestion: {[]float64{440}, []time.Duration{250 * ms, 250 * ms}, 0.12},
		ToneWaiting:    {[]float64{440}, []time.Duration{300 * ms, 10000 * ms}, 0.06},
	},
	"IT": {
		ToneRingback:   {[]float64{425}, []time.Duration{1000 * ms, 4000 * ms}, 0.12},
		ToneBusy:       {[]float64{425}, []time.Duration{500 * ms, 500 * ms}, 0.12},
		ToneCongestion: {[]float64{425}, []time.Duration{200 * ms, 200 * ms}, 0.12},
		ToneWaiting:    {[]float64{425}, []time.Duration{400 * ms, 100 * ms, 250 * ms, 100 * ms, 150 * ms, 14000 * ms}, 0.06},
	},
	"PL": {
		ToneRingback:   {[]float64{425}, []time.Duration{1000 * ms, 4000 * ms}, 0.12},
		ToneBusy:       {[]float64{425}, []time.Duration{500 * ms, 500 * ms}, 0.12},
		ToneCongestion: {[]float64{425}, []time.Duration{500 * ms, 500 * ms}, 0.12},
		ToneWaiting:    {[]float64{425}, []time.Duration{150 * ms, 150 * ms, 150 * ms, 4000 * ms}, 0.06},
	},
	"ES": {
		ToneRingback:   {[]float64{425}, []time.Duration{1500 * ms, 3000 * ms}, 0.12},
		ToneBusy:       {[]float64{425}, []time.Duration{200 * ms, 200 * ms}, 0.12},
		ToneCongestion: {[]float64{425}, []time.Duration{200 * ms, 200 * ms, 200 * ms, 200 * ms, 200 * ms, 600 * ms}, 0.12},
		ToneWaiting:    {[]float64{425}, []time.Duration{175 * ms, 175 * ms, 175 * ms, 3500 * ms}, 0.06},
	},
	"NL": {
		ToneRingback:   {[]float64{425}, []time.Duration{1000 * ms, 4000 * ms}, 0.12},
		ToneBusy:       {[]float64{425}, []time.Duration{500 * ms, 500 * ms}, 0.12},
		ToneCongestion: {[]float64{425}, []time.Duration{250 * ms, 250 * ms}, 0.12},
		ToneWaiting:    {[]float64{425}, []time.Duration{500 * ms, 9500 * ms}, 0.06},
	},
	"BE": {
		ToneRingback:   {[]float64{425}, []time.Duration{1000 * ms, 3000 * ms}, 0.12},
		ToneBusy:       {[]float64{425}, []time.Duration{500 * ms, 500 * ms}, 0.12},
		ToneCongestion: {[]float64{425}, []time.Duration{167 * ms, 167 * ms}, 0.12},
		ToneWaiting:    {[]float64{1400}, []time.Duration{175 * ms, 175 * ms, 175 * ms, 3500 * ms}, 0.06},
	},
}

// test is the same everywhere.
var test = cadence{[]float64{440}, []time.Duration{600 * ms, 400 * ms}, 0.12}

// cadenceOf is the tone as a country knows it, the German one where it is unknown.
func cadenceOf(country string, t Tone) cadence {
	if t == ToneTest {
		return test
	}
	if table, ok := cadences[strings.ToUpper(country)]; ok {
		return table[t]
	}
	return cadences["DE"][t]
}

// toneVoice plays a cadence for ever. It is a Voice; it hears nothing.
type toneVoice struct {
	cadence cadence
	at      int   // sample within the cadence
	edges   []int // cadence.steps as sample positions where each ends
}

// edge is how long a tone takes to come and go, so that it does not click.
const edge = Rate * 4 / 1000

func newTone(c cadence) *toneVoice {
	t := &toneVoice{cadence: c}
	end := 0
	for _, s := range c.steps {
		end += int(s * Rate / time.Second)
		t.edges = append(t.edges, end)
	}
	return t
}

// Play adds the tone, continuing where the last frame ended.
func (t *toneVoice) Play(dst []int16) {
	whole := t.edges[len(t.edges)-1]
	for i := range dst {
		begin := 0
		for step, end := range t.edges {
			if t.at < end {
				if step%2 == 0 {
					dst[i] = t.sample(t.at-begin, end-t.at)
				}
				break
			}
			begin = end
		}
		if t.at++; t.at == whole {
			t.at = 0
		}
	}
}

// Capture does nothing: a tone has no ears.
func (t *toneVoice) Capture([]int16) {}

// sample is the tone since samples after it came on, left samples before it goes off.
func (t *toneVoice) sample(since, left int) int16 {
	gain := t.cadence.gain * min(1, float64(min(since, left))/edge)
	var v float64
	for _, hz := range t.cadence.hertz {
		v += gain * math.Sin(2*math.Pi*hz*float64(since)/Rate)
	}
	return int16(v * math.MaxInt16)
}
