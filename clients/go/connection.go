package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
)

const maxMessageBytes = 16 * 1024 * 1024

// Without round_robin every call goes to the first replica. grpc-go before 1.40 retries only where
// GRPC_GO_RETRY=on is in the environment.
const serviceConfig = `{
  "loadBalancingConfig": [{"round_robin": {}}],
  "methodConfig": [{
    "name": [{"service": "chorus.feedback.v1.FeedbackService"}],
    "retryPolicy": {
      "maxAttempts": 3,
      "initialBackoff": "0.1s",
      "maxBackoff": "1s",
      "backoffMultiplier": 2,
      "retryableStatusCodes": ["UNAVAILABLE"]
    }
  }]
}`

// settings say how the server is reached; all programs of Chorus read them from the same variables.
type settings struct {
	server     string
	tlsDir     string
	serverName string
	token      string
	insecure   bool
}

func readSettings(server string) settings {
	for _, each := range []string{os.Getenv("CHORUS_SERVER"), "127.0.0.1:50051"} {
		if server == "" {
			server = each
		}
	}
	return settings{
		server:     server,
		tlsDir:     os.Getenv("CHORUS_TLS_DIR"),
		serverName: os.Getenv("CHORUS_TLS_SERVER_NAME"),
		token:      strings.TrimSpace(os.Getenv("CHORUS_TOKEN")),
		insecure:   os.Getenv("CHORUS_INSECURE") == "yes",
	}
}

// connect opens a channel, which connects with its first call.
func (s settings) connect() (*grpc.ClientConn, *handshakes, error) {
	options := []grpc.DialOption{
		grpc.WithDefaultServiceConfig(serviceConfig),
		grpc.WithDefaultCallOptions(
			grpc.MaxCallRecvMsgSize(maxMessageBytes), grpc.MaxCallSendMsgSize(maxMessageBytes)),
	}
	seen := &handshakes{}
	if s.tlsDir == "" {
		if err := s.checkPlaintext(); err != nil {
			return nil, nil, err
		}
		options = append(options, grpc.WithInsecure())
	} else {
		config, err := s.tlsConfig()
		if err != nil {
			return nil, nil, fmt.Errorf("CHORUS_TLS_DIR: %w", err)
		}
		watched := watchedCredentials{credentials.NewTLS(config), seen}
		options = append(options, grpc.WithTransportCredentials(watched))
	}
	connection, err := grpc.Dial("dns:///"+s.server, options...)
	return connection, seen, err
}

// authorized adds the token, which says who calls, to the calls of a context.
func (s settings) authorized(ctx context.Context) context.Context {
	if s.token == "" {
		return ctx
	}
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+s.token)
}

func (s settings) checkPlaintext() error {
	host, _, err := net.SplitHostPort(s.server)
	if err != nil {
		return err
	}
	if address := net.ParseIP(host); host == "localhost" || address != nil && address.IsLoopback() {
		return nil
	}
	if s.token != "" {
		return fmt.Errorf("CHORUS_TLS_DIR is needed to send a token to %s: that is beyond this machine", s.server)
	}
	if !s.insecure {
		return fmt.Errorf("%s is beyond this machine: set CHORUS_TLS_DIR, or CHORUS_INSECURE=yes", s.server)
	}
	return nil
}

// tlsConfig reads ca.crt, and tls.crt with tls.key if they are there, as cert-manager mounts them.
func (s settings) tlsConfig() (*tls.Config, error) {
	authorities, err := os.ReadFile(filepath.Join(s.tlsDir, "ca.crt"))
	if err != nil {
		return nil, err
	}
	config := &tls.Config{
		MinVersion: tls.VersionTLS12, RootCAs: x509.NewCertPool(), ServerName: s.serverName,
	}
	if !config.RootCAs.AppendCertsFromPEM(authorities) {
		return nil, errors.New("ca.crt holds no certificate")
	}
	chain := filepath.Join(s.tlsDir, "tls.crt")
	if _, err := os.Stat(chain); errors.Is(err, os.ErrNotExist) {
		return config, nil
	}
	own, err := tls.LoadX509KeyPair(chain, filepath.Join(s.tlsDir, "tls.key"))
	config.Certificates = []tls.Certificate{own}
	return config, err
}

// handshakes remembers why the last handshake failed; grpc says it in words alone.
type handshakes struct {
	mutex sync.Mutex
	last  error
}

// distrust returns why the server's certificate was not believed, or nil.
func (h *handshakes) distrust() error {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	if errors.As(h.last, &unknown) || errors.As(h.last, &name) || errors.As(h.last, &invalid) {
		return h.last
	}
	return nil
}

type watchedCredentials struct {
	credentials.TransportCredentials
	seen *handshakes
}

func (c watchedCredentials) ClientHandshake(
	ctx context.Context, authority string, raw net.Conn,
) (net.Conn, credentials.AuthInfo, error) {
	secured, info, err := c.TransportCredentials.ClientHandshake(ctx, authority, raw)
	c.seen.mutex.Lock()
	defer c.seen.mutex.Unlock()
	c.seen.last = err
	return secured, info, err
}

func (c watchedCredentials) Clone() credentials.TransportCredentials {
	return watchedCredentials{c.TransportCredentials.Clone(), c.seen}
}
