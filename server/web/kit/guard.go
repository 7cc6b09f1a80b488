package kit

import (
	"net"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
)

// contentSecurityPolicy is sent with every page. 'wasm-unsafe-eval' is for the scanner's decoder; the one
// Trusted Types policy, sw, lets the page register its own service worker and nothing else.
const contentSecurityPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
	"img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; " +
	"worker-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'self'; " +
	"frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types sw"

// SecurityHeaders sets what every answer carries; handlers may only add.
func SecurityHeaders(https bool) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			h := c.Response().Header()
			h.Set("Content-Security-Policy", contentSecurityPolicy)
			h.Set("X-Content-Type-Options", "nosniff")
			// pages say same-origin (templates/layout.html): else old browsers hide a form's origin from us
			h.Set("Referrer-Policy", "no-referrer")
			h.Set("Cross-Origin-Opener-Policy", "same-origin")
			h.Set("Cross-Origin-Resource-Policy", "same-origin")
			h.Set(
				"Permissions-Policy",
				"camera=(self), screen-wake-lock=(self), geolocation=(), microphone=(), payment=(), usb=()",
			)
			h.Set("Cache-Control", "no-store")
			if https {
				h.Set("Strict-Transport-Security", "max-age=31536000")
			}
			return next(c)
		}
	}
}

var errNotLocal = &eligibility.Error{Code: eligibility.Denied, Key: "demo.not_local"}

// OnlyLocal keeps the demo on this computer: the Host must be a loopback name, nothing may have been
// forwarded, and unless the port is published by an explicit setting (a container) the peer must be on
// loopback too. The Host check also stops DNS rebinding.
func OnlyLocal(published bool) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			r := c.Request()
			for name := range r.Header {
				if name == "Forwarded" || name == "Via" || strings.HasPrefix(name, "X-Forwarded-") ||
					name == "X-Real-Ip" {
					return errNotLocal
				}
			}
			if !loopbackHost(r.Host) {
				return errNotLocal
			}
			if !published {
				host, _, err := net.SplitHostPort(r.RemoteAddr)
				if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
					return errNotLocal
				}
			}
			return next(c)
		}
	}
}

// loopbackHost reports whether a Host header names this computer.
func loopbackHost(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.Trim(host, "[]")
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// SameOrigin refuses state-changing requests that another site's page sent (Fetch metadata and Origin;
// net/http's CrossOriginProtection). Calls between servers come without a browser and are authenticated by
// their own assertion.
func SameOrigin() echo.MiddlewareFunc {
	guard := http.NewCrossOriginProtection()
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if err := guard.Check(c.Request()); err != nil {
				return errCrossOrigin.Because(err)
			}
			return next(c)
		}
	}
}
