package front

import (
	"context"
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"

	"leadline/crm"
	"leadline/crm/wire"
)

// amount checks the amount of a deal in a request and completes it: its currency has to be one of ISO 4217; without one it gets that of
// the deal id, or else the company's.
func (a resources) amount(ctx context.Context, kind KindPath, id string, body map[string]any) error {
	sent, given := body["amount"].(map[string]any)
	if !given || kind.Kind != string(crm.KindDeal) {
		return nil
	}
	if written, is := sent["currency"].(string); is && written != "" {
		code, ok := crm.ParseCurrency(written)
		if !ok {
			return huma.Error422UnprocessableEntity("amount.currency is not a code of ISO 4217: " + written)
		}
		sent["currency"] = code
		return nil
	}
	if sent["currency"] != nil && sent["currency"] != "" {
		return huma.Error422UnprocessableEntity("amount.currency is a text, such as EUR")
	}
	code, err := a.currency(ctx, id)
	if err != nil {
		return err
	}
	sent["currency"] = code
	return nil
}

// currency is the currency of a deal, or the company's for a deal without an amount.
func (a resources) currency(ctx context.Context, deal string) (string, error) {
	if deal != "" {
		was, err := a.get(ctx, &RecordPath{KindPath{string(crm.KindDeal)}, deal})
		if err != nil {
			return "", err
		}
		has, _ := was.Body.Data["amount"].(map[string]any)
		if code, _ := has["currency"].(string); code != "" {
			return code, nil
		}
		if cents, _ := has["cents"].(float64); cents != 0 {
			return crm.Euro, nil
		}
	}
	fetched, err := a.f.Engine.Fetch(ctx, from(ctx), wire.Fetch{IDs: []wire.RowID{{Entity: wire.Workspace, ID: wire.WorkspaceID}}})
	if err != nil {
		return "", a.refusal(ctx, err)
	}
	var company crm.Workspace
	if len(fetched.Rows) > 0 && !fetched.Rows[0].Deleted {
		if err := json.Unmarshal(fetched.Rows[0].Data, &company); err != nil {
			return "", a.refusal(ctx, err)
		}
	}
	return company.Currency(), nil
}
