package front

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"leadline/crm"
	"leadline/crm/server"
	"leadline/crm/server/access"
	"leadline/crm/server/ledger"
	"leadline/crm/wire"
)

// The REST interface is for other software: records and calls in JSON, within the rights of the user whose key it
// has. It is described at /openapi.json. Nothing of it is for other sites' scripts: there is no CORS.

const (
	pathRecords = "/v1/records/"
	pathCalls   = "/v1/calls"
	pathOpenAPI = "/openapi.json"
)

// rest adds the interface to the server's.
func (f *Front) rest(mux *http.ServeMux) {
	config := huma.DefaultConfig("Leadline", "1")
	config.DocsPath, config.SchemasPath, config.CreateHooks = "", "", nil // the page of huma loads scripts from elsewhere
	config.Info.Description = "Records and calls of the company. A key comes from `leadline-server key add -scopes read,write -email …`; it may what its user may."
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"key": {Type: "http", Scheme: "bearer"}}
	config.Security = []map[string][]string{{"key": {}}}
	inner := http.NewServeMux()
	api := humago.New(inner, config)
	a := resources{f}
	huma.Register(api, operation("list-records", "GET", pathRecords+"{kind}", "List records, or find them by number or text"), a.list)
	huma.Register(api, operation("get-record", "GET", pathRecords+"{kind}/{id}", "Read a record"), a.get)
	huma.Register(api, operation("create-record", "POST", pathRecords+"{kind}", "Create a record"), a.create)
	huma.Register(api, operation("change-record", "PATCH", pathRecords+"{kind}/{id}", "Change single fields of a record"), a.change)
	huma.Register(api, operation("list-calls", "GET", pathCalls, "List calls that the user may see, in the order in which they changed"), a.calls)

	mux.HandleFunc("GET "+pathRecords, f.withScope(access.ScopeRead, asPerson(inner)))
	mux.HandleFunc("POST "+pathRecords, f.withScope(access.ScopeWrite, asPerson(inner)))
	mux.HandleFunc("PATCH "+pathRecords, f.withScope(access.ScopeWrite, asPerson(inner)))
	mux.HandleFunc("GET "+pathCalls, f.withScope(access.ScopeRead, asPerson(inner)))
	mux.Handle("GET "+pathOpenAPI, inner)
}

func operation(id, method, path, summary string) huma.Operation {
	return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, MaxBodyBytes: mostBody, BodyReadTimeout: bodyTime}
}

type personKey struct{}

// asPerson passes the person on in the request's context.
func asPerson(next http.Handler) handler {
	return func(w http.ResponseWriter, r *http.Request, p access.Person) error {
		if p.User == "" {
			return wire.Problem{Code: wire.Forbidden, Message: "the key has no user, and so no rights"}
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), personKey{}, p)))
		return nil
	}
}

func from(ctx context.Context) server.Sender {
	p, _ := ctx.Value(personKey{}).(access.Person) // the zero Person has no workspace, and so finds nothing
	return sender(p)
}

// resources answer the operations.
type resources struct{ f *Front }

// Record is one record, with the fields that it has in the program's export.
type Record struct {
	Kind string         `json:"kind" doc:"contact, company, lead or deal"`
	ID   string         `json:"id"`
	Rev  uint64         `json:"rev" doc:"the revision that changed it last"`
	Data map[string]any `json:"data"`
}

// KindPath names a kind of record in an address.
type KindPath struct {
	Kind string `path:"kind" enum:"contact,company,lead,deal"`
}

// RecordPath names a record in an address.
type RecordPath struct {
	KindPath
	ID string `path:"id" format:"uuid"`
}

type listInput struct {
	KindPath
	Number string `query:"number" maxLength:"100" doc:"only those with this number or SIP address, however it is written"`
	Text   string `query:"text" minLength:"2" maxLength:"100" doc:"only those in which this text stands, in whatever field, in upper or lower case. A page may have fewer rows than asked for, or none, and a next one"`
	After  uint64 `query:"after" maximum:"9007199254740991" doc:"only those that changed after this revision: next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// Listing is a page of records.
type Listing struct {
	Records []Record `json:"records"`
	Next    uint64   `json:"next,omitempty" doc:"give it as after for the page that follows; missing on the last"`
}

type listOutput struct{ Body Listing }

func (a resources) list(ctx context.Context, in *listInput) (*listOutput, error) {
	q := server.Query{Entity: wire.Entity(in.Kind), Number: in.Number, Text: in.Text, After: in.After, Limit: in.Limit}
	return a.page(ctx, q)
}

type callsInput struct {
	After uint64 `query:"after" maximum:"9007199254740991" doc:"only those that changed after this revision: next of the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (a resources) calls(ctx context.Context, in *callsInput) (*listOutput, error) {
	return a.page(ctx, server.Query{Entity: wire.Call, After: in.After, Limit: in.Limit})
}

func (a resources) page(ctx context.Context, q server.Query) (*listOutput, error) {
	rows, next, err := a.f.Engine.Search(ctx, from(ctx), q)
	if err != nil {
		return nil, a.refusal(ctx, err)
	}
	out := &listOutput{Listing{Records: []Record{}, Next: next}}
	for _, r := range rows {
		record, err := recordOf(r)
		if err != nil {
			return nil, a.refusal(ctx, err)
		}
		out.Body.Records = append(out.Body.Records, record)
	}
	return out, nil
}

func recordOf(r wire.Row) (Record, error) {
	record := Record{Kind: string(r.Entity), ID: string(r.ID), Rev: r.Rev}
	return record, json.Unmarshal(r.Data, &record.Data)
}

type recordOutput struct{ Body Record }

func (a resources) get(ctx context.Context, in *RecordPath) (*recordOutput, error) {
	fetched, err := a.f.Engine.Fetch(ctx, from(ctx), wire.Fetch{IDs: []wire.RowID{{Entity: wire.Entity(in.Kind), ID: crm.ID(strings.ToLower(in.ID))}}})
	if err != nil {
		return nil, a.refusal(ctx, err)
	}
	if len(fetched.Rows) == 0 || fetched.Rows[0].Deleted {
		return nil, huma.Error404NotFound("there is no such " + in.Kind)
	}
	record, err := recordOf(fetched.Rows[0])
	if err != nil {
		return nil, a.refusal(ctx, err)
	}
	return &recordOutput{record}, nil
}

type createInput struct {
	KindPath
	Body map[string]any `doc:"the fields of the record; an id is made up where there is none. A deal's amount is {\"cents\": 4800000, \"currency\": \"EUR\"}: in the smallest unit of an ISO 4217 currency, so ¥48,000 are 48000; without a currency it is in the company's"`
}

func (a resources) create(ctx context.Context, in *createInput) (*recordOutput, error) {
	id, _ := in.Body["id"].(string)
	if id == "" {
		made, err := a.f.Access.NewID()
		if err != nil {
			return nil, a.refusal(ctx, err)
		}
		id = string(made)
		in.Body["id"] = id
	}
	if err := a.amount(ctx, in.KindPath, "", in.Body); err != nil {
		return nil, err
	}
	args, err := json.Marshal(in.Body)
	if err != nil {
		return nil, huma.Error400BadRequest("the record cannot be read")
	}
	change, err := crm.DecodeChange(in.Kind+".create/1", args)
	if err != nil {
		return nil, huma.Error422UnprocessableEntity("a field has not the type that it should have", err)
	}
	if err := a.do(ctx, change); err != nil {
		return nil, err
	}
	return a.get(ctx, &RecordPath{in.KindPath, id})
}

type changeInput struct {
	RecordPath
	Body map[string]any `doc:"the fields to set; null empties one. An amount is set as a whole; without a currency it keeps the one it has"`
}

func (a resources) change(ctx context.Context, in *changeInput) (*recordOutput, error) {
	if err := a.amount(ctx, in.KindPath, in.ID, in.Body); err != nil {
		return nil, err
	}
	ref := crm.Ref{Kind: crm.Kind(in.Kind), ID: crm.ID(strings.ToLower(in.ID))}
	if err := a.do(ctx, crm.UpdateRecord{Ref: ref, Set: in.Body}); err != nil {
		return nil, err
	}
	return a.get(ctx, &in.RecordPath)
}

func (a resources) do(ctx context.Context, change crm.Change) error {
	who := from(ctx)
	err := a.f.company.Do(ctx, who.Workspace, ledger.Sender{User: who.User}, change)
	if err != nil {
		return a.refusal(ctx, err)
	}
	return nil
}

// refusal is the REST answer to an error. One of ours is logged, and the answer does not name the cause.
func (a resources) refusal(ctx context.Context, err error) error {
	var refused Refused
	var p wire.Problem
	switch {
	case errors.As(err, &refused) && refused.Code == wire.RejectNotAllowed:
		return huma.Error403Forbidden(refused.Reason.Key)
	case errors.As(err, &refused) && refused.Code == wire.RejectGone:
		return huma.Error404NotFound(refused.Reason.Key)
	case errors.As(err, &refused) && refused.Code == wire.RejectChanged:
		return huma.Error409Conflict(refused.Reason.Key)
	case errors.As(err, &refused):
		return huma.Error422UnprocessableEntity(refused.Reason.Key)
	case errors.As(err, &p):
		return huma.NewError(p.Status(), p.Message)
	}
	if ctx.Err() == nil {
		a.f.Log.Error("a request failed", "error", err)
	}
	p = problemOf(err)
	return huma.NewError(p.Status(), p.Message)
}
