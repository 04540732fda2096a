// Package mailtest is a mail server for tests: it takes what is sent to it,
// keeps it readable, and refuses on demand. Several packages' tests use it, so
// it is a package of its own.
package mailtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// waitAtMost is how long Wait waits for mails.
const waitAtMost = 10 * time.Second

// A Receiver is a running mail server.
type Receiver struct {
	Host  string
	Port  int
	Addr  string // Host:Port
	Roots *x509.CertPool

	user, password string
	mutex          sync.Mutex
	arrived        *sync.Cond
	messages       []Message
	rcpt, data     failure
	breakAfter     bool
}

// A failure is an answer still to be given times times.
type failure struct{ code, times int }

// An Option changes the server before it starts.
type Option func(*Receiver, *smtp.Server)

// WithTLS offers STARTTLS with a certificate that Roots trusts.
func WithTLS() Option {
	return func(r *Receiver, s *smtp.Server) {
		certificate, roots := selfSigned()
		r.Roots = roots
		s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	}
}

// WithAuth asks for a user name and a password before any mail.
func WithAuth(user, password string) Option {
	return func(r *Receiver, _ *smtp.Server) { r.user, r.password = user, password }
}

// Start starts a receiver on a free port of this machine; it ends with the
// test.
func Start(t testing.TB, options ...Option) *Receiver {
	t.Helper()
	r := &Receiver{}
	r.arrived = sync.NewCond(&r.mutex)
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{receiver: r, conn: c}, nil
	}))
	server.Domain = "receiver.example"
	server.ErrorLog = discard{}
	for _, option := range options {
		option(r, server)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("start mail receiver: %v", err)
	}
	address := listener.Addr().(*net.TCPAddr)
	r.Host, r.Port, r.Addr = "127.0.0.1", address.Port, address.String()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		// A server closed before it served does not know its listener.
		_ = listener.Close()
		<-done
	})
	return r
}

// Messages are the mails taken so far, oldest first.
func (r *Receiver) Messages() []Message {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return slices.Clone(r.messages)
}

// To are the mails taken for one address so far, oldest first.
func (r *Receiver) To(address string) []Message {
	return slices.DeleteFunc(r.Messages(), func(m Message) bool { return m.To != address })
}

// Wait waits until n mails have been taken and answers all taken. It ends the
// test when they do not come.
func (r *Receiver) Wait(t testing.TB, n int) []Message {
	t.Helper()
	late := false
	timer := time.AfterFunc(waitAtMost, func() {
		r.mutex.Lock()
		defer r.mutex.Unlock()
		late = true
		r.arrived.Broadcast()
	})
	defer timer.Stop()
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for len(r.messages) < n && !late {
		r.arrived.Wait()
	}
	if len(r.messages) < n {
		t.Fatalf("%d mails arrived, want %d", len(r.messages), n)
	}
	return slices.Clone(r.messages)
}

// Clear forgets the mails taken so far.
func (r *Receiver) Clear() {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.messages = nil
}

// FailNext refuses the next times recipients with an answer such as 451 or 550.
func (r *Receiver) FailNext(code, times int) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.rcpt = failure{code, times}
}

// FailData refuses the next times mails after they were read.
func (r *Receiver) FailData(code, times int) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.data = failure{code, times}
}

// BreakAfterTaking drops the connection each time a mail was taken.
func (r *Receiver) BreakAfterTaking() {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.breakAfter = true
}

// next uses up one refusal.
func (r *Receiver) next(f *failure) error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if f.times == 0 {
		return nil
	}
	f.times--
	return &smtp.SMTPError{Code: f.code, EnhancedCode: smtp.EnhancedCode{f.code / 100, 1, 1}, Message: "refused by the test"}
}

// session is one conversation.
type session struct {
	receiver *Receiver
	conn     *smtp.Conn
	signedIn bool
	taken    bool
	message  Message
}

// AuthMechanisms offers PLAIN where a password is asked for.
func (s *session) AuthMechanisms() []string {
	if s.receiver.user == "" {
		return nil
	}
	return []string{sasl.Plain}
}

// Auth checks the password.
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		r := s.receiver
		if user != r.user || subtle.ConstantTimeCompare([]byte(password), []byte(r.password)) != 1 {
			return smtp.ErrAuthFailed
		}
		s.signedIn = true
		return nil
	}), nil
}

// Mail takes the sender.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.receiver.user != "" && !s.signedIn {
		return smtp.ErrAuthRequired
	}
	s.message = Message{From: from}
	return nil
}

// Rcpt takes the recipient, or refuses as FailNext asked.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if err := s.receiver.next(&s.receiver.rcpt); err != nil {
		return err
	}
	s.message.To = to
	return nil
}

// Data takes the mail, or refuses as FailData asked.
func (s *session) Data(body io.Reader) error {
	raw, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	if err := s.receiver.next(&s.receiver.data); err != nil {
		return err
	}
	if err := s.message.read(raw); err != nil {
		return errors.Join(errors.New("read mail"), err)
	}
	r := s.receiver
	r.mutex.Lock()
	defer r.mutex.Unlock()
	_, s.message.TLS = s.conn.TLSConnectionState()
	r.messages = append(r.messages, s.message)
	s.taken = true
	r.arrived.Broadcast()
	return nil
}

// Reset forgets the mail begun.
func (s *session) Reset() {
	s.message = Message{}
	s.receiver.mutex.Lock()
	defer s.receiver.mutex.Unlock()
	if s.taken && s.receiver.breakAfter {
		_ = s.conn.Conn().Close()
	}
}

// Logout ends the conversation.
func (s *session) Logout() error { return nil }

// discard keeps the server's complaints about broken conversations out of test
// output.
type discard struct{}

func (discard) Printf(string, ...any) {}
func (discard) Println(...any)        {}

// selfSigned makes a certificate for this machine.
func selfSigned() (tls.Certificate, *x509.CertPool) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		NotBefore:             time.Unix(0, 0),
		NotAfter:              time.Unix(1<<33, 0),
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(certificate)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}
