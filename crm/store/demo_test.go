package store

import (
	"context"
	"maps"
	"slices"
	"testing"
)

func TestTheDemoSaysAllItsTextsInItsLanguage(t *testing.T) {
	ctx := context.Background()
	s := open(t)
	said := map[string]bool{}
	ok(t, s.SeedDemoIn(ctx, noon, func(english string) string {
		said[english] = true
		return "<" + english + ">"
	}))
	if got, want := slices.Sorted(maps.Keys(said)), slices.Sorted(slices.Values(DemoTexts)); !slices.Equal(got, want) {
		t.Errorf("the demo says %q, DemoTexts are %q", got, want)
	}
	lines, err := s.Lines(ctx)
	ok(t, err)
	names := []string{}
	for _, l := range lines {
		names = append(names, l.Name+" "+l.QueueName)
	}
	slices.Sort(names)
	if want := []string{"<Accounts> <Accounts>", "<Berlin line> <Berlin queue>", "<Head office> <Sales queue>", "<Service line> <Workshop>"}; !slices.Equal(names, want) {
		t.Errorf("the lines are %q, want %q", names, want)
	}
}
