package phone_test

import (
	"context"
	"fmt"
	"time"

	"leadline/phone"
	"leadline/phone/audio"
	"leadline/phone/demo"
)

// teller is the smallest listener: it passes on what it is told.
type teller struct {
	registrations chan phone.Registration
	calls         chan phone.Call
}

func (t teller) RegistrationChanged(r phone.Registration) { t.registrations <- r }
func (t teller) CallChanged(c phone.Call)                 { t.calls <- c }

// A telephone without a window and without a CRM: it registers, calls the number
// of the PBX in a box that sends back what it hears, presses a key and hangs up. With
// audio.Open instead of audio.NewFake it would be heard.
func Example() {
	pbx, err := demo.Start(demo.Options{Extension: "101"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer pbx.Close()
	address, password := pbx.Account()

	told := teller{make(chan phone.Registration, 100), make(chan phone.Call, 100)}
	tel := phone.New(phone.Config{Sound: audio.NewFake(), Listener: told})
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = tel.Close(ctx)
	}()
	if err := tel.SetAccounts([]phone.Account{{Name: "Office", Address: address, Password: password}}); err != nil {
		fmt.Println(err)
		return
	}
	for r := range told.registrations {
		if r.State == phone.Registered {
			fmt.Println(r.Account, "is registered")
			break
		}
	}

	id, err := tel.Dial("Office", "600")
	if err != nil {
		fmt.Println(err)
		return
	}
	pressed := false
	for c := range told.calls {
		switch {
		case c.State == phone.Active && !pressed:
			fmt.Println(c.Dialled, "answered, in", c.Codec)
			pressed = true
			if err := tel.SendDigits(id, "1"); err != nil {
				fmt.Println(err)
			}
			if err := tel.HangUp(id); err != nil {
				fmt.Println(err)
			}
		case c.State == phone.Ended:
			fmt.Println(c.Cause)
			return
		}
	}
	// Output:
	// Office is registered
	// 600 answered, in PCMA
	// hung up here
}
