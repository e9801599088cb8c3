package sdp

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"strings"
)

// Body takes the session description out of a SIP message body: the body itself
// for application/sdp, the first such part of a multipart one, and nothing, without
// an error, for an empty body. Any other kind is an [*Error] with code 415.
func Body(contentType string, body []byte) ([]byte, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, nil
	}
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil { // parameters that Go does not like are no reason to lose a call
		kind, _, _ = strings.Cut(contentType, ";")
		kind = strings.ToLower(strings.TrimSpace(kind))
	}
	switch {
	case kind == "application/sdp":
		return body, nil
	case kind == "" && bytes.HasPrefix(bytes.TrimSpace(body), []byte("v=0")):
		return body, nil // the header forgotten
	case strings.HasPrefix(kind, "multipart/") && params["boundary"] != "":
		if part := sdpPart(body, params["boundary"]); part != nil {
			return part, nil
		}
	}
	return nil, refuse(415, ErrContentType, "it is %.60q", contentType)
}

// sdpPart finds the session description among parts (RFC 5621 §3.1), nil if none.
func sdpPart(body []byte, boundary string) []byte {
	parts := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		part, err := parts.NextPart()
		if err != nil {
			return nil
		}
		kind, _, _ := strings.Cut(part.Header.Get("Content-Type"), ";")
		if strings.EqualFold(strings.TrimSpace(kind), "application/sdp") {
			if text, err := io.ReadAll(part); err == nil {
				return text
			}
		}
	}
}
