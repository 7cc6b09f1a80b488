package main

import "github.com/alecthomas/kong"

// flagHelp holds the help of flags whose line would be too long with it: kong takes a flag's settings and its
// help in one struct tag.
var flagHelp = kong.Vars{
	"check_birth_date":  "the date of birth to compare, as 1980-02-17, 昭和55年2月17日 or S55.2.17",
	"check_issuer_keys": "the issuer's public keys that prove a card genuine, JSON or PEM, see above",
	"check_wait":        "wait this long for a card to be inserted, for example 30s (at most 10m)",
	"run_server":        "the counter's server, https except on this computer; default http://localhost:8080",
	"run_reader":        "the reader to use; else the remembered one, else the first that holds a card",
	"run_virtual":       "a virtual card (JSON) instead of a reader; servers outside demo mode refuse it",
	"run_key":           "file of this agent's own key; made on the first start",
	"run_oqs":           "folder of the OQS connector's answers, which are compared on this PC",
	"run_page":          "where this PC shows its status; a free port when it is taken; off for none",
	"settings_env":      "MADOGUCHI_BRIDGE_SETTINGS",
	"settings":          "the settings file (also --config); by default bridge.json in the user's folder",
}
