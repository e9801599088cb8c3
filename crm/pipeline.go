package crm

import (
	"slices"
	"time"
)

// DealStage names a stage within its pipeline, for ever; what is shown of it is Stage.Name.
type DealStage string

// The stages of the standard pipeline.
const (
	DealNew       DealStage = "New"
	DealInTalks   DealStage = "In talks"
	DealQuoteSent DealStage = "Quote sent"
	DealWon       DealStage = "Won"
	DealLost      DealStage = "Lost"
)

// DealStages are the stages of the standard pipeline in their order, as the stage line draws them.
var DealStages = []DealStage{DealNew, DealInTalks, DealQuoteSent, DealWon}

// Result says what a stage means for its deals.
type Result string

const (
	Undecided Result = ""     // the deal is open
	Won       Result = "won"  // the deal is closed: the customer has bought
	Lost      Result = "lost" // the deal is closed: the customer has not
)

// Stage is one step of a pipeline.
type Stage struct {
	ID     DealStage `json:"id"`
	Name   string    `json:"name"`
	Result Result    `json:"result,omitempty"`
}

// Pipeline is a way that deals go: ordered stages, each open, won or lost (requirements.md F4).
type Pipeline struct {
	ID     ID      `json:"id"`
	Name   string  `json:"name"`
	Stages []Stage `json:"stages"`
}

// StandardPipelineID is the same in every workspace, so that programs that never met agree.
const StandardPipelineID ID = "6b1d2f0a-0f6b-8e0e-9d5c-5f1a00000001"

// StandardPipeline is what a workspace starts with; it can be changed but not removed.
func StandardPipeline() Pipeline {
	p := Pipeline{ID: StandardPipelineID, Name: "Standard"}
	for _, s := range append(slices.Clone(DealStages), DealLost) {
		stage := Stage{ID: s, Name: string(s)}
		switch s {
		case DealWon:
			stage.Result = Won
		case DealLost:
			stage.Result = Lost
		}
		p.Stages = append(p.Stages, stage)
	}
	return p
}

// Stage finds a stage by its id.
func (p Pipeline) Stage(id DealStage) (Stage, bool) {
	for _, s := range p.Stages {
		if s.ID == id {
			return s, true
		}
	}
	return Stage{}, false
}

// First is where a new deal stands: the first open stage.
func (p Pipeline) First() DealStage {
	for _, s := range p.Stages {
		if s.Result == Undecided {
			return s.ID
		}
	}
	return DealNew
}

// Open says whether a deal of that stage is still worked on. A stage that the pipeline no longer has
// means what it means in the standard one.
func (p Pipeline) Open(id DealStage) bool {
	if s, ok := p.Stage(id); ok {
		return s.Result == Undecided
	}
	return id != DealWon && id != DealLost
}

// What a pipeline may lack, as the settings window says it.
const (
	PipelineNeedsName   = "A pipeline needs a name."
	PipelineNeedsStages = "A pipeline needs an open stage, a won and a lost one."
	PipelineInUse       = "The pipeline has deals. Move them to another one first."
	PipelineStagesTwice = "Two stages of the pipeline have the same name: {stage}."
)

// PipelineTexts are all sentences of Pipeline.Check and the store about pipelines.
var PipelineTexts = []string{PipelineNeedsName, PipelineNeedsStages, PipelineInUse, PipelineStagesTwice}

// Check says what the pipeline lacks; nil when nothing.
func (p Pipeline) Check() error {
	if p.Name == "" {
		return Invalid{Say(PipelineNeedsName)}
	}
	has := map[Result]bool{}
	seen := map[string]bool{}
	for _, s := range p.Stages {
		has[s.Result] = true
		if seen[s.Name] || s.ID != DealStage(s.Name) && seen[string(s.ID)] {
			return Invalid{Say(PipelineStagesTwice, "stage", s.Name)}
		}
		seen[s.Name], seen[string(s.ID)] = true, true
	}
	if !has[Undecided] || !has[Won] || !has[Lost] {
		return Invalid{Say(PipelineNeedsStages)}
	}
	return nil
}

// Board are the deals of a pipeline by their stages.
type Board struct {
	Pipeline Pipeline
	Columns  []BoardColumn // a stage each, in their order; then stages that the pipeline no longer has and that still have deals
}

// BoardColumn are the deals of a stage.
type BoardColumn struct {
	Stage Stage
	Count int
	Sums  []Money     // what they are worth, a sum for each currency, the largest first
	Cards []BoardCard // those last active, at most as many as were asked for
}

// BoardCard is a deal as the board shows it.
type BoardCard struct {
	Deal
	CompanyName, ContactName string
	Who                      string    // is responsible
	Due                      time.Time // the next follow-up; zero when there is none
}
