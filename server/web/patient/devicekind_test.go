package patient

import (
	"net/http"
	"testing"

	"madoguchi/server/insurer"
)

// The User-Agents are as the makers document them: Chrome's reduced ones (developer.chrome.com, User-Agent
// reduction), Safari's of iOS, iPadOS and macOS (WebKit), Firefox's (MDN, "Firefox user agent string").
func TestOnlyTheCoarseKindOfADeviceIsTaken(t *testing.T) {
	const (
		chrome  = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 "
		webKit  = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 "
		android = "Mozilla/5.0 (Linux; Android 10; K) " + chrome
		windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64"
		mac     = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) "
		firefox = "rv:143.0) Gecko/20100101 Firefox/143.0"
	)
	for _, c := range []struct {
		name, agent, platform string
		want                  insurer.DeviceKind
	}{
		{"Chrome on an Android phone", android + "Mobile Safari/537.36", `"Android"`, insurer.AndroidPhone},
		{"the same without the hint", android + "Mobile Safari/537.36", "", insurer.AndroidPhone},
		{"Chrome on an Android tablet", android + "Safari/537.36", `"Android"`, insurer.Tablet},
		{"Firefox on an Android phone", "Mozilla/5.0 (Android 14; Mobile; rv:143.0) Gecko/143.0 " +
			"Firefox/143.0", "", insurer.AndroidPhone},
		{"Safari on an iPhone", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) " + webKit +
			"Mobile/15E148 Safari/604.1", "", insurer.IPhone},
		{"Safari on an iPad that asks for phones' pages", "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) " +
			webKit + "Mobile/15E148 Safari/604.1", "", insurer.Tablet},
		{"Safari on a Mac, or on an iPad", mac + webKit + "Safari/605.1.15", "", ""},
		{"Chrome on a Mac", mac + chrome + "Safari/537.36", `"macOS"`, insurer.Computer},
		{"Edge on Windows", windows + ") " + chrome + "Safari/537.36 Edg/143.0.0.0", `"Windows"`,
			insurer.Computer},
		{"Firefox on Windows", windows + "; " + firefox, "", insurer.Computer},
		{"Firefox on Linux", "Mozilla/5.0 (X11; Linux x86_64; " + firefox, "", insurer.Computer},
		{"a Chromebook", "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) " + chrome + "Safari/537.36",
			`"Chrome OS"`, insurer.Computer},
		{"a platform that is none of these", android + "Safari/537.36", `"Fuchsia"`, ""},
		{"a browser that says nothing", "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			header := http.Header{}
			header.Set("User-Agent", c.agent)
			header.Set("Sec-CH-UA-Platform", c.platform)
			if got := deviceKind(header); got != c.want || got != got.Known() {
				t.Errorf("%q", got)
			}
		})
	}
	if got := insurer.DeviceKind("Mozilla/5.0").Known(); got != "" {
		t.Errorf("kept: %q", got)
	}
}
