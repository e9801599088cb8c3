package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"leadline/crm/server/front"
)

// serveCommand runs the server until it is told to stop.
func serveCommand(ctx context.Context, args []string, t terminal) error {
	flags := flag.NewFlagSet("leadline-server serve", flag.ContinueOnError)
	var where place
	where.flags(flags)
	var l front.Listening
	flags.StringVar(&l.Address, "listen", "127.0.0.1:8480", "`HOST:PORT`; without TLS on loopback only")
	flags.StringVar(&l.Certificate, "tls-cert", "", "the certificate, a PEM `FILE`; read again when it changes")
	flags.StringVar(&l.Key, "tls-key", "", "its key, a PEM `FILE`")
	flags.StringVar(&l.Host, "acme", "", "get the certificate of this `HOST` by ACME, from Let's Encrypt unless -acme-directory says otherwise, which has to reach port 443 from outside")
	flags.StringVar(&l.Directory, "acme-directory", os.Getenv("LEADLINE_ACME_DIRECTORY"), "the `URL` of another ACME directory, the company's own, say; default also from LEADLINE_ACME_DIRECTORY")
	flags.StringVar(&l.Roots, "acme-root", os.Getenv("LEADLINE_ACME_ROOT"), "a PEM `FILE` with who signs that directory's own certificate, where the system does not trust it")
	flags.IntVar(&where.quota, "recordings-quota", 0, "how many `GB` one company's recordings may take; 0 is as many as the disk has")
	metricsToken := flags.String("metrics-token-file", os.Getenv("LEADLINE_METRICS_TOKEN_FILE"), "a `FILE` with the token that Prometheus has to show as a bearer token for /metrics, from wherever it asks. Without it they are for this machine alone, and not through a proxy; default also from LEADLINE_METRICS_TOKEN_FILE")
	rate := flags.Int("requests-per-address", 200, "how many requests a second one address may make (`N`), and ten times as many at once: a whole office may be one address; 0 is any number")
	verbose := flags.Bool("verbose", false, "log more")
	if done, err := parse(flags, args, t); done || err != nil {
		return err
	}
	if (l.Certificate == "") != (l.Key == "") {
		return misuse("-tls-cert and -tls-key belong together")
	}
	if l.Host == "" && flagGiven(flags, "acme-directory", "acme-root") {
		return misuse("-acme-directory and -acme-root go with -acme HOST")
	}
	if where.quota < 0 || *rate < 0 {
		return misuse("-recordings-quota and -requests-per-address are not less than 0")
	}
	if *rate == 0 {
		*rate = -1
	}
	token, err := metricsTokenFrom(*metricsToken)
	if err != nil {
		return err
	}
	if err := where.sensible(); err != nil {
		return err
	}
	if err := l.Try(); err != nil {
		return err
	}
	log := newLog(t.err, *verbose)
	unlock, err := where.lock(errors.New("another server is running on this database, or it is being restored; several servers side by side need PostgreSQL"))
	if err != nil {
		return err
	}
	defer unlock()
	o, err := where.open(ctx, log)
	if err != nil {
		return err
	}
	l.Cache, l.Log = o.access.Certificates(), log
	snapshots, err := where.snapshots(o)
	_, embedded := where.sqliteFile()
	if err == nil {
		f := front.New(front.Options{Access: o.access, Engine: o.engine, Snapshots: snapshots, Recordings: o.sounds, Hooks: o.hooks, Log: log, Region: where.region, Shared: !embedded,
			MetricsToken: token, AddressRate: *rate, Version: version, KeepErasures: func(ctx context.Context) error { return where.keepErasures(ctx, o.engine) }})
		err = serve(ctx, f, l, o, t)
	}
	return errors.Join(err, o.close())
}

// metricsTokenMin is how long a token is that can't be guessed.
const metricsTokenMin = 16

// metricsTokenFrom reads the token for the metrics; "" is none.
func metricsTokenFrom(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("read the token for the metrics: %w", err)
	}
	token := strings.TrimSpace(string(text))
	if len(token) < metricsTokenMin || strings.ContainsFunc(token, unicode.IsSpace) {
		return "", fmt.Errorf("the token in %s is to have at least %d characters, and no blank: openssl rand -hex 32 makes one", file, metricsTokenMin)
	}
	return token, nil
}

// flagGiven says whether one of the flags was written, and is not from the environment.
func flagGiven(flags *flag.FlagSet, names ...string) (given bool) {
	flags.Visit(func(f *flag.Flag) { given = given || slices.Contains(names, f.Name) })
	return given
}

func serve(ctx context.Context, f *front.Front, l front.Listening, o opened, t terminal) error {
	port, err := l.Listen()
	if err != nil {
		return err
	}
	address := addressOf(l, port.Addr())
	if err := printFirstLink(ctx, o, address, l.Secure(), t); err != nil {
		return errors.Join(err, port.Close())
	}
	fmt.Fprintf(t.out, "leadline-server listens on %s\n", address)
	l.Log.Info("the server begins", "version", version)
	running, stop := context.WithCancel(ctx)
	var ran sync.WaitGroup
	ran.Go(func() { f.Run(running) })
	ran.Go(func() { o.hooks.Run(running) })
	ran.Go(func() { o.sounds.Run(running) })
	err = f.Serve(ctx, port)
	stop()
	ran.Wait()
	f.Settle()
	l.Log.Info("the server ends")
	return err
}

// addressOf is what a person types to reach the server. Where it listens at every address of the machine, that is a name of it.
func addressOf(l front.Listening, a net.Addr) string {
	switch {
	case l.Host != "":
		return "https://" + l.Host
	case !l.Secure():
		return "http://" + a.String()
	}
	tcp, ok := a.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return "https://" + a.String()
	}
	name := l.Name()
	if host, err := os.Hostname(); name == "" && err == nil {
		name = host
	}
	if tcp.Port == 443 {
		return "https://" + name
	}
	return "https://" + net.JoinHostPort(name, strconv.Itoa(tcp.Port))
}

// printFirstLink tells, on a server where nobody can sign in, how to become its administrator.
func printFirstLink(ctx context.Context, o opened, address string, secure bool, t terminal) error {
	link, err := o.access.FirstLink(ctx)
	if err != nil || link == "" {
		return err
	}
	_, err = fmt.Fprintf(t.out, "Nobody can sign in yet. Open this link within a day to set up the first administrator:\n  %s/start/%s\n", address, link)
	if err == nil && !secure {
		_, err = fmt.Fprintf(t.out, "From another machine, put the address of your proxy in the place of %s.\n", address)
	}
	return err
}
