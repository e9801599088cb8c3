package ui

import (
	"slices"
	"time"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
)

// filterChoice is what a list is narrowed by: of records the first three, of calls the others. The zero value narrows nothing.
type filterChoice struct {
	Responsible string `json:",omitempty"`
	Status      string `json:",omitempty"`
	Source      string `json:",omitempty"`

	Period string `json:",omitempty"` // one of the periods: it moves on with the days
	Line   string `json:",omitempty"`
	Agent  string `json:",omitempty"`
	Group  string `json:",omitempty"`
	Result string `json:",omitempty"`
}

func (c filterChoice) records() crm.RecordCriteria {
	return crm.RecordCriteria{Responsible: crm.ID(c.Responsible), Status: c.Status, Source: c.Source}
}

func (c filterChoice) calls(now time.Time) crm.CallCriteria {
	criteria := crm.CallCriteria{Line: crm.ID(c.Line), Agent: crm.ID(c.Agent), Group: crm.CallGroup(c.Group), Result: c.Result}
	for _, p := range filterPeriods {
		if p.id == c.Period {
			today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
			criteria.From = today.AddDate(0, 0, 1-p.from)
			if p.to > 0 {
				criteria.To = today.AddDate(0, 0, 1-p.to)
			}
		}
	}
	return criteria
}

// filterPeriods are the last days, from so many days ago until so many, today being the first; until now with 0.
var filterPeriods = []struct {
	id       string
	name     text.Key
	from, to int
}{
	{"today", text.Key("Today"), 1, 0},
	{"yesterday", text.Key("Yesterday"), 2, 1},
	{"7 days", text.Key("Last 7 days"), 7, 0},
	{"30 days", text.Key("Last 30 days"), 30, 0},
	{"90 days", text.Key("Last 90 days"), 90, 0},
}

// callGroups are what of calls one may look for.
var callGroups = []struct {
	group crm.CallGroup
	name  text.Key
}{
	{crm.CallsAnswered, text.Key("Answered")},
	{crm.CallsMissed, text.Key("Missed")},
	{crm.CallsBack, text.Key("Missed, called back")},
	{crm.CallsWaiting, text.Key("Missed, not called back")},
}

// filterSelect is one thing to choose by.
type filterSelect struct {
	*kit.Select
	value   func(*filterChoice) *string
	options func(bulkChoices) []kit.Option // the first is for no choice
}

// filterSelects are what a list is narrowed by.
func filterSelects(p *listPage, changed func()) []filterSelect {
	by := func(key text.Key, value func(*filterChoice) *string, options func(bulkChoices) []kit.Option) filterSelect {
		return filterSelect{kit.NewBareSelect(key, nil, func(string) { changed() }), value, options}
	}
	if p.spec.calls {
		return []filterSelect{
			by(text.Key("Filter by period"), func(c *filterChoice) *string { return &c.Period }, func(bulkChoices) []kit.Option {
				options := []kit.Option{{Key: text.Key("Any time")}}
				for _, p := range filterPeriods {
					options = append(options, kit.Option{ID: p.id, Key: p.name})
				}
				return options
			}),
			by(text.Key("Filter by line"), func(c *filterChoice) *string { return &c.Line }, func(c bulkChoices) []kit.Option {
				options := []kit.Option{{Key: text.Key("All lines")}}
				for _, l := range c.lines {
					options = append(options, kit.Option{ID: string(l.ID), Label: l.Name})
				}
				return options
			}),
			by(text.Key("Filter by agent"), func(c *filterChoice) *string { return &c.Agent }, people),
			by(text.Key("Filter by outcome"), func(c *filterChoice) *string { return &c.Group }, func(bulkChoices) []kit.Option {
				options := []kit.Option{{Key: text.Key("Any outcome")}}
				for _, g := range callGroups {
					options = append(options, kit.Option{ID: string(g.group), Key: g.name})
				}
				return options
			}),
			by(text.Key("Filter by result"), func(c *filterChoice) *string { return &c.Result }, func(bulkChoices) []kit.Option {
				options := []kit.Option{{Key: text.Key("Any result")}}
				for _, r := range crm.Results {
					options = append(options, kit.Option{ID: r, Label: resultWords(r)})
				}
				return options
			}),
		}
	}
	who := by(text.Key("Filter by responsible"), func(c *filterChoice) *string { return &c.Responsible }, people)
	if p.spec.kind != desk.Lead && p.spec.kind != desk.Deal {
		return []filterSelect{who}
	}
	return []filterSelect{
		who,
		by(text.Key("Filter by status"), func(c *filterChoice) *string { return &c.Status }, func(c bulkChoices) []kit.Option {
			options := []kit.Option{{Key: text.Key("Any status")}}
			if p.spec.kind == desk.Deal {
				return append(options, everyStage(c.pipelines)...)
			}
			for _, l := range append(slices.Clone(c.statuses), crm.LeadConverted) {
				options = append(options, kit.Option{ID: string(l), Label: text.T(text.Key(l))})
			}
			return options
		}),
		by(text.Key("Filter by source"), func(c *filterChoice) *string { return &c.Source }, func(c bulkChoices) []kit.Option {
			return append([]kit.Option{{Key: text.Key("Any source")}}, sourceOptions(c.sources)...)
		}),
	}
}

// people are the users, after everybody.
func people(c bulkChoices) []kit.Option {
	options := []kit.Option{{Key: text.Key("Everybody's")}}
	for _, u := range c.users {
		options = append(options, kit.Option{ID: string(u.ID), Label: u.Name})
	}
	return options
}

// everyStage are the stages of all pipelines. One of another than the standard pipeline says whose it is.
func everyStage(pipelines []crm.Pipeline) (options []kit.Option) {
	for _, pipeline := range pipelines {
		for _, stage := range pipeline.Stages {
			if slices.ContainsFunc(options, func(o kit.Option) bool { return o.ID == string(stage.ID) }) {
				continue // a deal says its stage alone: both are found by it
			}
			options = append(options, kit.Option{ID: string(stage.ID), Label: stageLabel(pipeline, stage)})
		}
	}
	return options
}

// stageLabel is the name of a stage, with its pipeline's where that is not the standard one: several have a stage of the same name.
func stageLabel(pipeline crm.Pipeline, stage crm.Stage) string {
	if pipeline.ID == crm.StandardPipelineID {
		return stageName(stage)
	}
	return joined(": ", pipelineName(pipeline), stageName(stage))
}
