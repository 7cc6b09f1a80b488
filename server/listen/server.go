package listen

import (
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Server returns the HTTP server of a handler, with bounds for slow and large requests; handlers that need
// longer set their own deadlines. With a certificate it speaks TLS 1.2 and later, also HTTP/2.
func Server(handler http.Handler, certificate *Certificate) *http.Server {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn),
	}
	if certificate != nil {
		server.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: certificate.Get}
	}
	return server
}

// Port is the port that a listener has, "8080" where it has none.
func Port(l net.Listener) string {
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return "8080"
	}
	return port
}
