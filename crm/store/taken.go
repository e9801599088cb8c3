package store

import "leadline/crm"

// takenNumbers remembers the numbers that records have, by two bits for each, while an import goes on: so a batch need not
// ask the file for each of its numbers. What it does not remember no record has; what it does, one may have.
type takenNumbers struct{ bits []uint64 }

const (
	takenBits  = 25      // of a place among the bits, which take 4 MB: of two million numbers one in sixty looks like another
	fewNumbers = 100_000 // in the file, so that looking through them takes less than asking
)

// rememberTaken begins to remember, with a large batch of an import into a file that has few numbers.
func (t *tx) rememberTaken(people int) error {
	if t.s.taken != nil || people < indexLater {
		return nil
	}
	numbers, err := t.numbers("SELECT e164 FROM phone LIMIT ?", fewNumbers)
	if err != nil || len(numbers) == fewNumbers {
		return err
	}
	t.s.taken = &takenNumbers{make([]uint64, 1<<takenBits/64)}
	for _, n := range numbers {
		t.s.taken.add(crm.E164(n))
	}
	return nil
}

// place is the word of a number among the bits, and its two bits there.
func place(n crm.E164) (word, bits uint64) {
	h := uint64(n) * 0x9e3779b97f4a7c15 // 2⁶⁴ divided by the golden ratio: neighbours come to lie far apart
	return h >> (64 - takenBits + 6), 1<<(h>>8&63) | 1<<(h>>16&63)
}

// add remembers a number; a nil one remembers nothing.
func (k *takenNumbers) add(n crm.E164) {
	if k != nil {
		word, bits := place(n)
		k.bits[word] |= bits
	}
}

// may says whether a record may have the number; a nil one knows nothing.
func (k *takenNumbers) may(n crm.E164) bool {
	if k == nil {
		return true
	}
	word, bits := place(n)
	return k.bits[word]&bits == bits
}
