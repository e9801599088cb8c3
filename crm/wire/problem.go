package wire

import (
	"fmt"
	"net/http"
	"time"
)

// Code says what is wrong with a request as a whole, for the program.
type Code string

const (
	Malformed    Code = "malformed"      // 400: it cannot be read
	BadSignIn    Code = "bad_sign_in"    // 401: e-mail or password
	Expired      Code = "expired"        // 401: the access token; refresh it
	Revoked      Code = "revoked"        // 401: this device may no more; it erases its copy
	Forbidden    Code = "forbidden"      // 403: by role
	NotFound     Code = "not_found"      // 404
	Forked       Code = "forked"         // 409: another program uses this client id
	OtherEpoch   Code = "epoch"          // 409: the server was restored; say hello
	Gap          Code = "gap"            // 409: commands before these are missing
	OtherView    Code = "view"           // 409: the roles have changed; say hello
	TooOld       Code = "too_old"        // 410: the cursor is before what tombstones reach; a snapshot is needed
	TooLarge     Code = "too_large"      // 413
	Upgrade      Code = "upgrade"        // 426: the program is too old
	TooMany      Code = "too_many"       // 429: wait Problem.Retry
	Unavailable  Code = "unavailable"    // 503: try again
	Internal     Code = "internal"       // 500: the server's fault
	Damaged      Code = "damaged"        // 422: what arrived is not what was announced; bring it again from the start
	Full         Code = "full"           // 507: the server's disk or the quota is full; wait Problem.Retry
	ServerTooOld Code = "server_too_old" // 426: the server is older than what the program needs
)

var statusOf = map[Code]int{
	Malformed: http.StatusBadRequest, BadSignIn: http.StatusUnauthorized, Expired: http.StatusUnauthorized,
	Revoked: http.StatusUnauthorized, Forbidden: http.StatusForbidden, NotFound: http.StatusNotFound,
	Forked: http.StatusConflict, OtherEpoch: http.StatusConflict, Gap: http.StatusConflict, OtherView: http.StatusConflict,
	TooOld: http.StatusGone, TooLarge: http.StatusRequestEntityTooLarge, Upgrade: http.StatusUpgradeRequired,
	Damaged: http.StatusUnprocessableEntity, Full: http.StatusInsufficientStorage,
	ServerTooOld: http.StatusUpgradeRequired, TooMany: http.StatusTooManyRequests, Unavailable: http.StatusServiceUnavailable,
}

// Problem is the body of an answer that is none: a refusal of the request as a whole.
type Problem struct {
	Code    Code          `json:"code"`
	Message string        `json:"message"`         // in English, for the log
	Retry   time.Duration `json:"retry,omitempty"` // with TooMany and Unavailable
	Tries   int           `json:"tries,omitempty"` // with BadSignIn, of a password: how many more may be wrong before one has to wait
}

// Status is the HTTP status that goes with the problem.
func (p Problem) Status() int {
	if status, ok := statusOf[p.Code]; ok {
		return status
	}
	return http.StatusInternalServerError
}

func (p Problem) Error() string { return fmt.Sprintf("%s: %s", p.Code, p.Message) }
