package front

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"time"

	"leadline/crm"
	"leadline/crm/server/access"
	"leadline/crm/wire"
)

// pieceTime is how long one PATCH with a piece of a recording may take. A slow connection brings a part of the piece in that time, and
// goes on from there.
const pieceTime = 2 * time.Minute

var noRecordings = wire.Problem{Code: wire.NotFound, Message: "this server keeps no recordings"}

// announceRecording begins to take a recording.
func (f *Front) announceRecording(w http.ResponseWriter, r *http.Request, p access.Person) error {
	if f.Recordings == nil {
		return noRecordings
	}
	var in wire.Upload
	if err := f.read(w, r, mostBody, &in); err != nil {
		return err
	}
	if err := texts(in.Call, crm.ID(in.Name)); err != nil {
		return err
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(pieceTime))
	out, err := f.Recordings.Begin(r.Context(), sender(p), in)
	if err != nil {
		return err
	}
	f.answer(w, r, http.StatusOK, out)
	return nil
}

// takeRecording takes a piece of a recording.
func (f *Front) takeRecording(w http.ResponseWriter, r *http.Request, p access.Person) error {
	id, err := recordingID(r)
	if err != nil || f.Recordings == nil {
		return noRecordings
	}
	offset, err := strconv.ParseInt(r.Header.Get(wire.HeaderOffset), 10, 64)
	if err != nil || offset < 0 {
		return wire.Problem{Code: wire.Malformed, Message: "the header " + wire.HeaderOffset + " is missing"}
	}
	controls := http.NewResponseController(w)
	_ = controls.SetReadDeadline(time.Now().Add(pieceTime))
	_ = controls.SetWriteDeadline(time.Now().Add(2 * pieceTime))
	out, err := f.Recordings.Write(r.Context(), sender(p), id, offset, http.MaxBytesReader(w, r.Body, wire.MostPiece))
	if err != nil {
		return err
	}
	f.answer(w, r, http.StatusOK, out)
	return nil
}

// recording gives a recording's sound, or the part of it that a Range asks for (RFC 9110 §14).
func (f *Front) recording(w http.ResponseWriter, r *http.Request, p access.Person) error {
	id, err := recordingID(r)
	if err != nil || f.Recordings == nil {
		return noRecordings
	}
	sound, err := f.Recordings.Open(r.Context(), sender(p), id)
	if err != nil {
		return err
	}
	defer sound.Close()
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(downloadTime))
	head := w.Header()
	head.Set("Content-Type", "audio/flac")
	head.Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sound.Hash)+":") // RFC 9530 §3
	http.ServeContent(w, r, "", time.Time{}, sound)
	return nil
}

// recordingID is the id in a route. It becomes a file's name, so anything but an id is refused.
func recordingID(r *http.Request) (crm.ID, error) { return crm.ParseID(r.PathValue("id")) }
