package pbxtest

import (
	"encoding/xml"
	"io"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"leadline/crm/wire"
)

// freeswitch reads a dialplan as the documentation of FreeSWITCH 1.10 says, which Debian has not: extensions in order, inline
// actions while it looks for them, the others afterwards. What it does not know fails the test.
type freeswitch struct {
	t          *testing.T
	extensions []extension
}

type extension struct {
	Name       string `xml:"name,attr"`
	Continue   bool   `xml:"continue,attr"`
	Conditions []struct {
		Field      string   `xml:"field,attr"`
		Expression string   `xml:"expression,attr"`
		Actions    []action `xml:"action"`
	} `xml:"condition"`
}

type action struct {
	Application string `xml:"application,attr"`
	Data        string `xml:"data,attr"`
	Inline      bool   `xml:"inline,attr"`
}

// openFreeswitch reads a file of dialplan/public.
func openFreeswitch(t *testing.T, text string) *freeswitch {
	t.Helper()
	var set struct {
		Globals []struct {
			Data string `xml:"data,attr"`
		} `xml:"X-PRE-PROCESS"`
	}
	if err := xml.Unmarshal([]byte(text), &set); err != nil {
		t.Fatal(err)
	}
	for _, g := range set.Globals {
		name, value, _ := strings.Cut(g.Data, "=")
		text = strings.ReplaceAll(text, "$${"+name+"}", value)
	}
	var file struct {
		Extensions []extension `xml:"extension"`
	}
	if err := xml.Unmarshal([]byte(text), &file); err != nil {
		t.Fatal(err)
	}
	return &freeswitch{t, file.Extensions}
}

// dialled is what a call does, if nobody takes it: whom each bridge rings, and the applications of the company's own.
func (f *freeswitch) dialled(caller, number string) (did []string) {
	f.t.Helper()
	variables := map[string]string{"caller_id_number": caller, "destination_number": number}
	for _, a := range f.find(variables) {
		did = append(did, f.run(a, variables)...)
	}
	return did
}

func (f *freeswitch) run(a action, variables map[string]string) (did []string) {
	data := f.expand(a.Data, variables)
	switch a.Application {
	case "set":
		name, value, _ := strings.Cut(data, "=")
		variables[name] = value
	case "bridge":
		if variables["continue_on_fail"] != "true" || variables["hangup_after_bridge"] != "true" {
			f.t.Error("a bridge without what is to become of the call afterwards")
		}
		return []string{data}
	case "execute_extension":
		called := variables["destination_number"]
		variables["destination_number"] = strings.TrimSuffix(data, " XML public")
		for _, a := range f.find(variables) {
			did = append(did, f.run(a, variables)...)
		}
		variables["destination_number"] = called
	case "log":
	case "own":
		return []string{"own " + data}
	default:
		f.t.Errorf("application %q", a.Application)
	}
	return did
}

// find hunts for a call's extensions, and gives their actions.
func (f *freeswitch) find(variables map[string]string) (actions []action) {
	for _, e := range f.extensions {
		matched := true
		for _, c := range e.Conditions {
			value := variables[c.Field]
			if strings.Contains(c.Field, "$") {
				value = f.expand(c.Field, variables)
			}
			groups := regexp.MustCompile(c.Expression).FindStringSubmatch(value)
			if matched = groups != nil; !matched {
				break
			}
			for _, a := range c.Actions {
				if len(groups) > 1 {
					a.Data = strings.ReplaceAll(a.Data, "$1", groups[1])
				}
				if a.Inline {
					f.run(a, variables)
					continue
				}
				actions = append(actions, a)
			}
		}
		if matched && !e.Continue {
			break
		}
	}
	return actions
}

// expand fills in variables, and what functions of the API answer: ${name}, ${function(arguments)}.
func (f *freeswitch) expand(s string, variables map[string]string) string {
	f.t.Helper()
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(s, "${")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		depth, end := 1, 0
		for ; end < len(rest) && depth > 0; end++ {
			switch rest[end] {
			case '{':
				depth++
			case '}':
				depth--
			}
		}
		inner := f.expand(rest[:end-1], variables)
		name, arguments, call := strings.Cut(inner, "(")
		switch {
		case call:
			out.WriteString(f.call(name, strings.TrimSuffix(arguments, ")")))
		default:
			out.WriteString(variables[name])
		}
		s = rest[end:]
	}
}

func (f *freeswitch) call(function, arguments string) string {
	f.t.Helper()
	switch function {
	case "url_encode":
		return strings.ReplaceAll(url.QueryEscape(arguments), "+", "%20")
	case "replace": // m: tells the delimiter
		parts := strings.SplitN(strings.TrimPrefix(arguments, "m:~"), "~", 3)
		if len(parts) != 3 {
			f.t.Fatalf("replace(%s)", arguments)
		}
		return strings.ReplaceAll(parts[0], parts[1], parts[2])
	case "curl":
		return f.curl(strings.Split(arguments, " "))
	}
	f.t.Fatalf("function %q", function)
	return ""
}

// curl is mod_curl's: url [connect-timeout <seconds>|timeout <seconds>|append_headers <name:value>]…
func (f *freeswitch) curl(words []string) string {
	f.t.Helper()
	r, err := http.NewRequest("GET", words[0], nil)
	if err != nil || len(words)%2 != 1 {
		f.t.Fatal(words, err)
	}
	client := http.Client{}
	for i := 1; i < len(words); i += 2 {
		switch words[i] {
		case "connect-timeout":
		case "timeout":
			seconds, err := strconv.Atoi(words[i+1])
			if err != nil {
				f.t.Fatal(err)
			}
			client.Timeout = time.Duration(seconds) * time.Second
		case "append_headers":
			name, value, _ := strings.Cut(words[i+1], ":")
			r.Header.Set(name, value)
		default:
			f.t.Fatalf("mod_curl does not know %q", words[i])
		}
	}
	if client.Timeout != time.Second {
		f.t.Error("a caller waits for a server that is away for", client.Timeout)
	}
	answer, err := client.Do(r)
	if err != nil {
		return ""
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	return string(body)
}

// public is FreeSWITCH's part of the product, and extensions of the company's own after it.
func public(t *testing.T, server, key string) *freeswitch {
	t.Helper()
	return openFreeswitch(t, strings.Replace(shipped(t, "freeswitch.xml", "https://crm.example.org", server, "THE-KEY", key), "</include>", `
<extension name="queues" continue="true"><condition field="destination_number" expression="^\+493055573|^\+493055572">
	<action application="execute_extension" data="leadline-queue XML public"/>
</condition></extension>
<extension name="normal"><condition field="destination_number" expression="^\+49">
	<action application="own" data="way"/>
</condition></extension>
</include>`, 1))
}

func TestFreeSWITCHsDialplanAsksAndRingsTheAgentOrTheQueue_D3_D4(t *testing.T) {
	o := openOffice(t)
	f := public(t, o.url, string(o.key))
	const ring = "[leg_timeout=20]user/"
	for _, c := range []struct {
		state          wire.Availability
		caller, number string
		did            []string
	}{
		{wire.Free, customer, sales, []string{ring + "101", "own way"}},
		{wire.Free, stranger, sales, []string{"own way"}},
		{wire.Talking, customer, sales, []string{"own way"}},
		{wire.Free, "anonymous", sales, []string{"own way"}},
		{wire.Free, stranger, queue, []string{ring + "103|" + ring + "102|" + ring + "101", "own way"}},
		{wire.Free, stranger, support, []string{ring + "101," + ring + "102", "own way"}},
		{wire.Free, stranger, "+49305557299", []string{"own way"}}, // nobody's line
	} {
		o.is(t, c.state)
		if did := f.dialled(c.caller, c.number); !reflect.DeepEqual(did, c.did) {
			t.Errorf("%s calls %s while Anna is %s: %q, want %q", c.caller, c.number, c.state, did, c.did)
		}
	}
}

func TestFreeSWITCHsDialplanGoesOnWhenTheServerDoesNot_D3(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	o := openOffice(t)
	o.is(t, wire.Free)
	for what, f := range map[string]*freeswitch{
		"a silent server": public(t, "http://"+silent.Addr().String(), string(o.key)),
		"a wrong key":     public(t, o.url, "a-wrong-key"),
	} {
		for _, number := range []string{sales, queue} {
			if did := f.dialled(customer, number); !reflect.DeepEqual(did, []string{"own way"}) {
				t.Errorf("%s, %s: %q", what, number, did)
			}
		}
	}
}
