package ui

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/text"
)

// export asks for a folder and writes what is chosen there.
func (s *listSelection) export() { s.p.host.askFolder(s.exportTo) }

func (s *listSelection) exportTo(folder string) {
	opt, name := s.p.opt, text.T(s.p.spec.title)+" "+s.p.opt.Now().Format(time.DateOnly)+".csv"
	each, total := s.chosen()
	bulkWork(s, total, "Written {n} of {total}", func(ctx context.Context, step func(int)) (string, error) {
		return writeTable(folder, name, func(t tableWriter) error {
			if err := writeHead(t); err != nil {
				return err
			}
			n := 0
			return each(ctx, func(rows []desk.Row) error {
				err := writeRows(ctx, opt, t, rows)
				n += len(rows)
				step(n)
				return err
			})
		})
	}, func(path string, err error) {
		if errors.Is(err, context.Canceled) {
			s.p.host.tell(text.T("Nothing was written."))
			return
		}
		if err != nil {
			s.p.host.warn(text.T("The file could not be written: {reason}", "reason", reasonOf(err)))
			return
		}
		s.p.host.tell(text.T("Written: {file}", "file", filepath.Base(path)))
	})
}

func writeHead(t tableWriter) error {
	return t.Row(text.T("Name"), text.T("Details"), text.T("Number"), text.T("E-mail"), text.T("Status"), text.T("Responsible"), text.T("Line"), text.T("Last"), text.T("Length"))
}

// writeRows writes rows of a list with what their records say.
func writeRows(ctx context.Context, opt MainOptions, t tableWriter, rows []desk.Row) error {
	for _, r := range rows {
		var number, mail, who string
		if r.Ref != (desk.Ref{}) && opt.Customers != nil {
			rec, err := opt.Customers.Record(ctx, crmRef(r.Ref))
			if err != nil {
				return err
			}
			who = rec.Responsible
			number, mail = reachOf(rec, opt.Region)
		}
		if number == "" {
			number = r.Dial
		}
		at, length := "", ""
		if !r.At.IsZero() {
			at = r.At.Format(time.DateTime)
		}
		if r.Length > 0 {
			length = text.Length(r.Length)
		}
		if err := t.Row(r.Title, r.Sub, number, mail, text.Say(r.Status), who, r.Line, at, length); err != nil {
			return err
		}
	}
	return nil
}

// reachOf is the first number and the first e-mail address of a record.
func reachOf(r crm.Record, region string) (number, mail string) {
	var numbers []crm.Number
	var mails []crm.Email
	switch {
	case r.Contact != nil:
		numbers, mails = r.Contact.Numbers, r.Contact.Emails
	case r.Company != nil:
		numbers, mails = r.Company.Numbers, r.Company.Emails
	case r.Lead != nil:
		numbers, mails = r.Lead.Numbers, r.Lead.Emails
	}
	if len(numbers) > 0 {
		number = numbers[0].Show(region)
	}
	if len(mails) > 0 {
		mail = mails[0].Address
	}
	return number, mail
}
