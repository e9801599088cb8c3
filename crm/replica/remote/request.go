package remote

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/klauspost/compress/zstd"

	"leadline/crm/wire"
)

const (
	mostAnswer   = 64 << 20 // bytes of an answer, decompressed: a page of a thousand large rows
	requestTime  = 60 * time.Second
	compressFrom = 1 << 10
)

var squeezer = func() *zstd.Encoder {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		panic(err)
	}
	return e
}()

// post sends a message and reads the answer.
func (c *Client) post(ctx context.Context, path, token string, question, answer any) error {
	body, err := wire.Encode(wire.TypeCBOR, question)
	if err != nil {
		return err
	}
	return c.do(ctx, http.MethodPost, path, token, body, answer)
}

func (c *Client) do(ctx context.Context, method, path, token string, body []byte, answer any) error {
	ctx, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	encoding := ""
	if len(body) >= compressFrom {
		body, encoding = squeezer.EncodeAll(body, nil), "zstd"
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", wire.TypeCBOR)
	if encoding != "" {
		r.Header.Set("Content-Encoding", encoding)
	}
	r.Header.Set("Accept", wire.TypeCBOR)
	r.Header.Set("Accept-Encoding", "zstd")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := c.http.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	data, err := readAnswer(response)
	if err != nil {
		return fmt.Errorf("read the answer to %s: %w", path, err)
	}
	if response.StatusCode >= http.StatusMultipleChoices {
		return problemOf(response, data)
	}
	if answer == nil {
		return nil
	}
	return wire.Decode(response.Header.Get("Content-Type"), data, answer)
}

var errTooLong = errors.New("the answer is longer than any can be")

func readAnswer(response *http.Response) ([]byte, error) {
	var body io.Reader = response.Body
	if response.Header.Get("Content-Encoding") == "zstd" {
		plain, err := zstd.NewReader(body, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(mostAnswer), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, err
		}
		defer plain.Close()
		body = plain
	}
	data, err := io.ReadAll(io.LimitReader(body, mostAnswer+1))
	if err == nil && len(data) > mostAnswer {
		err = errTooLong
	}
	return data, err
}

// problemOf is what a refusal says; something else on the way (a proxy) speaks in HTTP only.
func problemOf(response *http.Response, data []byte) error {
	var p wire.Problem
	kind := response.Header.Get("Content-Type")
	if (kind == wire.TypeCBOR || kind == wire.TypeJSON) && wire.Decode(kind, data, &p) == nil && p.Code != "" {
		return p
	}
	return fmt.Errorf("the server answered %s", response.Status)
}
