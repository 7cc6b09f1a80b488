package pwa

import "strings"

// officePage is a page of an insurer's clerk, to which all others lead.
type officePage struct {
	Key     string // of its name in the catalogue
	Address string
	Place   string // on that page, # and its id; empty for the page itself
	below   string // its own pages lie below this path, where it is not its address
}

// officePages are the pages of an insurer's clerk in the order of the navigation.
var officePages = []officePage{
	{Key: "staff.home.navToday", Address: "/insurer"},
	{Key: "staff.home.navFind", Address: "/insurer", Place: "#find", below: "/insurer/people"},
	{Key: "staff.home.navRuns", Address: "/insurer/runs"},
	{Key: "staff.home.navStatistics", Address: "/insurer/statistics"},
	{Key: "staff.home.navSettings", Address: "/insurer/settings"},
	{Key: "staff.home.navRevoke", Address: "/insurer/revoke"},
	{Key: "staff.home.navSupport", Address: "/insurer/support"},
}

// Of is the page's address for an insurer of eight digits, or where none is known.
func (p officePage) Of(insurer string) string {
	if insurer == "" {
		return p.Address + p.Place
	}
	return p.Address + "?insurer=" + insurer + p.Place
}

// Holds reports whether a page with this address, with its query, is this one or one of its own.
func (p officePage) Holds(address string) bool {
	path, query, _ := strings.Cut(address, "?")
	if p.Address != "/insurer" {
		return path == p.Address || strings.HasPrefix(path, p.Address+"/")
	}
	searched := strings.Contains(query, "q=") || strings.Contains(query, "show=")
	if p.Place == "" {
		return path == p.Address && !searched || strings.HasPrefix(path, "/insurer/imports/")
	}
	return path == p.Address && searched || strings.HasPrefix(path, p.below+"/")
}
