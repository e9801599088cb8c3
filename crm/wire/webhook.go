package wire

import (
	"time"

	"leadline/crm"
)

// Webhook is software that is told of changes, as an administrator sees it. Its secret is told once, in MadeWebhook.
type Webhook struct {
	ID       crm.ID    `json:"id"`
	URL      string    `json:"url"`
	User     crm.ID    `json:"user"`               // whose view decides what it is told
	Kinds    []string  `json:"kinds,omitempty"`    // of rows
	Told     time.Time `json:"told,omitzero"`      // when it last took something; zero: never
	Waits    bool      `json:"waits,omitempty"`    // there is something that it was not told yet
	Failures int       `json:"failures,omitempty"` // in a row
	Reason   string    `json:"reason,omitempty"`   // of the last of them, in English
	Next     time.Time `json:"next,omitzero"`      // when it is tried again, after a failure
	Broken   bool      `json:"broken,omitempty"`   // its secret cannot be read any more: it has to be set up anew
}

// NewWebhook asks for a webhook.
type NewWebhook struct {
	URL   string   `json:"url"`
	User  crm.ID   `json:"user"`
	Kinds []string `json:"kinds,omitempty"` // none is all
}

// MadeWebhook is a new webhook with the secret of its signatures, which nobody is told again.
type MadeWebhook struct {
	Webhook
	Secret string `json:"secret"`
}

// WebhookTried is what came of a post that tells of nothing.
type WebhookTried struct {
	Failure string `json:"failure,omitempty"` // in English; "" when it was taken
}
