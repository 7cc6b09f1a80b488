package main

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"madoguchi/server/insurer"
)

// runSupport is a Node program that makes the number of each state, and the places of some agents and errors.
const runSupport = `
import { agePlace, browserPlace, clockPlace, errorPlace, supportCode } from "./supportcode.mjs";
const places = { Tier: 4, Age: 8, Network: 3, Stored: 3, Clock: 5, Browser: 10, Persisted: 3, Error: 16 };
const made = [];
for (let n = 0; n < 691200; n += 97) {
	const state = {};
	let rest = n;
	for (const [name, size] of Object.entries(places).reverse()) { state[name] = rest % size; rest = Math.floor(rest / size); }
	made.push([state, supportCode(Object.fromEntries(Object.entries(state).map(([k, v]) => [k.toLowerCase(), v])))]);
}
const agents = {
	"Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36": 1,
	"Mozilla/5.0 (Linux; Android 15; SM-S921Q) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36": 2,
	"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1": 3,
	"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/141.0 Mobile/15E148 Safari/604.1": 5,
	"Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0": 6,
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0": 7,
	"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Safari Line/15.15.0": 8,
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15": 9,
	"curl/8": 0,
};
const wrong = [];
for (const [agent, want] of Object.entries(agents)) if (browserPlace(agent, false) !== want) wrong.push(agent);
for (const [key, want] of Object.entries({ "": 0, network: 1, "eligibility.lost": 3, "login.not_fresh": 6, "device.unknown": 8, "request.too_many": 11, "request.malformed": 12, "phone.unknown": 14, "what.ever": 15 })) if (errorPlace(key) !== want) wrong.push(key);
for (const [ms, want] of [[null, 0], [0, 1], [29999, 1], [30000, 2], [90000, 3], [86399999, 6], [86400000, 7]]) if (agePlace(ms) !== want) wrong.push(ms);
for (const [ms, want] of [[0, 0], [-19999, 0], [20000, 1], [120000, 2], [-20000, 3], [-7200000, 4]]) if (clockPlace(ms) !== want) wrong.push(ms);
console.log(JSON.stringify({ made, wrong }));
`

func TestTheHelpDeskReadsWhatAPhoneMakes(t *testing.T) {
	out := runNode(t, filepath.Join("patient", "supportcode.ts"), "supportcode.mjs", runSupport)
	var got struct {
		Made  [][2]json.RawMessage
		Wrong []any
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Made) < 7000 || len(got.Wrong) > 0 {
		t.Errorf("%d numbers; in a wrong place: %v", len(got.Made), got.Wrong)
	}
	for _, pair := range got.Made {
		var want insurer.SupportState
		var code string
		if json.Unmarshal(pair[0], &want) != nil || json.Unmarshal(pair[1], &code) != nil {
			t.Fatalf("%s", pair)
		}
		if read, err := insurer.ReadSupport(code); err != nil || read != want {
			t.Fatalf("%s of %+v is read as %+v, %v", code, want, read, err)
		}
	}
}
