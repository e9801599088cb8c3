package wire

// Where the server listens, below its address. All but PathSession want an access token in
// the header "Authorization: Bearer …"; the workspace follows from the token and is in no message.
const (
	PathSession  = "/v1/session"          // POST SignIn → Session; DELETE signs out
	PathRefresh  = "/v1/session/refresh"  // POST Refresh → Session
	PathPassword = "/v1/session/password" // PUT ChangePassword: one's own
	PathErased   = "/v1/session/erased"   // POST nothing, with the last token: a revoked device has erased its copy
	PathDevices  = "/v1/devices"          // GET → []Device; DELETE /v1/devices/{id} revokes
	PathSignIns  = "/v1/signins"          // GET → []SignInOf; below it {user}/invitation: POST → Invitation; /password: PUT NewPassword; /telephone: PUT Account; /telephone/{name}: DELETE
	PathErasures = "/v1/erasures"         // GET → []Erased, the latest first; PUT {id} ErasePerson → Erased: asked again under the same id, it is done once
	PathKeys     = "/v1/keys"             // GET → []APIKey; POST NewKey → MadeKey; DELETE {id} revokes
	PathWebhooks = "/v1/webhooks"         // GET → []Webhook; POST NewWebhook → MadeWebhook; below it {id}: DELETE; {id}/test: POST nothing → WebhookTried
	PathHello    = "/v1/sync/hello"       // POST Hello → Welcome
	PathPush     = "/v1/sync/push"        // POST Push → Pushed
	PathPull     = "/v1/sync/pull"        // POST Pull → Page; waits up to Pull.Wait for news
	PathRows     = "/v1/sync/rows"        // POST Fetch → Fetched
	PathSnapshot = "/v1/sync/snapshot/"   // GET + Manifest.Name, with Range (RFC 9110 §14)
	PathWatch    = "/v1/sync/watch"       // WebSocket, downwards only: Hint
	PathPresence = "/v1/presence"         // POST Presence: how one is now, said again each minute; GET → []Presence, the team

	// PathRecordings is POST Upload → Uploaded: begins to bring a recording, or finds how much of it is there; below it
	// PATCH {id} with the header Upload-Offset and the bytes that follow there → Uploaded; GET {id} with Range is its sound.
	PathRecordings = "/v1/recordings"
)

// HeaderOffset says where in a recording the bytes of a PATCH belong.
const HeaderOffset = "Upload-Offset"

// The encodings of a message, as Content-Type and Accept name them.
const (
	TypeCBOR = "application/cbor"
	TypeJSON = "application/json"
)
