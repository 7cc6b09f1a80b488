package patient

import (
	"net/http"
	"strings"

	"madoguchi/server/insurer"
)

// deviceKind returns what kind of device a browser says that it runs on, by Sec-CH-UA-Platform (User-Agent
// Client Hints, the low entropy hints that are sent unasked) or else User-Agent. What says Macintosh without
// the hint may be an iPad, and has no kind.
func deviceKind(header http.Header) insurer.DeviceKind {
	agent := header.Get("User-Agent")
	says := func(mark string) bool { return strings.Contains(agent, mark) }
	mobile := says(" Mobile") || header.Get("Sec-CH-UA-Mobile") == "?1"
	switch platform := strings.Trim(header.Get("Sec-CH-UA-Platform"), `"`); {
	case platform == "Android", platform == "" && (says("; Android ") || says("(Android ")):
		if mobile {
			return insurer.AndroidPhone
		}
		return insurer.Tablet
	case says("(iPhone") || says("(iPod"):
		return insurer.IPhone
	case says("(iPad"):
		return insurer.Tablet
	case platform == "Windows", platform == "macOS", platform == "Linux", platform == "Chrome OS":
		return insurer.Computer
	case platform == "" && (says("Windows NT") || says("X11; ")):
		return insurer.Computer
	}
	return ""
}
