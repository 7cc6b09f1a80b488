package settings

// Help holds the help of settings whose line would be too wide with it, by the name that stands for it in the
// setting's struct tag: a tag cannot be broken over lines.
var Help = map[string]string{
	"config": "file of settings: lines of NAME=value with the names below; flags and the environment " +
		"win",
	"data": "data folder; the demo uses its sub-folder demo, live servers live",
	"database": "postgres://USER@HOST/NAME of a PostgreSQL database; by default a SQLite file in the data " +
		"folder (docs/operator.md)",
	"database_readers": "connections of this server that read, at most; by default 16, SQLite 8",
	"database_writers": "PostgreSQL: connections of this server that write, at most; by default 8",
	"url":              "public https address, without a path; setting it leaves the demo",
	"hub": "how several instances on one database hear of each other: empty or memory (there is one), " +
		"postgres (the database's own), or nats://… (docs/operator.md)",
	"hub_credentials": "NATS: file of credentials",
	"hub_ca":          "NATS: file of the certificates that its server's is signed by, PEM",
	"hub_cert":        "NATS: file of this client's certificate, PEM",
	"hub_key":         "NATS: file of that certificate's private key, PEM",
	"tlscert": "live: certificate of that address, PEM with its chain; a new file is picked up by " +
		"itself",
	"tlskey": "live: private key of the certificate, PEM",
	"proxy": "live: networks, with commas between, of the proxy that ends TLS before this server; " +
		"X-Forwarded-For and -Proto count only from there",
	"oidcissuer":   "role insurer: issuer of the sign-in service; setting it leaves the demo",
	"oidcclient":   "role insurer: our client id there; setting it leaves the demo",
	"alg":          "how this client signs there (keys client prints the keys to register)",
	"oidcaudience": "aud of the client's assertion; by default the token endpoint",
	"acr":          "levels to ask of a login; empty asks for none",
	"oidc_addresses": "IP addresses, with commas between, of the host of MADOGUCHI_OIDC_ISSUER in a closed " +
		"network",
	"oidcno_time": "the sign-in service gives no auth_time: the time of a proof is then that of the way " +
		"back, and the audit says so (docs/signin.md)",
	"oidcno_acr": "the sign-in service gives no acr: the level of a login is then unknown, and the audit " +
		"says so (docs/signin.md)",
	"demo_publish": "demo in a container: listen beyond loopback, for a port that the host publishes on " +
		"its own loopback; every browser must give the word that is printed at the start",
	"no_worker": "take the service worker off all phones at their next visit (docs/phone.md); they keep " +
		"their data and need the network to open the screen",
	"debug": "loopback address, such as 127.0.0.1:6060, that says what the process holds in memory " +
		"(docs/scale.md); empty: nothing does",
	"audit_file": "where the audit chain's checkpoints are written, better on another disk; by default " +
		"audit-checkpoints.jsonl in the data folder (docs/audit.md)",
	"audit_key": "PEM key of the audit chain's checkpoints: private, or public when another user signs " +
		"them (audit sign); by default checkpoint.pem in the key folder",
	"trust": "role counter, insurer (live), verify: folder with trust.jwt and trust-root.json " +
		"(verify: or the file); verify takes the data folder's when left out, unless --jwks is " +
		"given",
	"trust_url": "https address of the newest trust.jwt, fetched every hour into that folder",
	"trust_addresses": "IP addresses, with commas between, of the host of MADOGUCHI_TRUST_URL in a closed " +
		"network",
	"card_keys": "role counter, live: file of the card issuers' public keys; without it every card check " +
		"says that the card is not proved genuine",
	"facility_code": "demo: 10 digits of the counter's facility (医療機関コード)",
	"metrics": "address:port on which /metrics is answered for Prometheus, never the public one; off for " +
		"none; by default 127.0.0.1:9464 live, and none in the demo",
	"log": "how the log is written: text, json, or auto: text on a terminal, json elsewhere",
	"drain": "how long /readyz says that the server ends before it stops taking requests: as long as a " +
		"load balancer needs to notice",
	"otlp_endpoint": "address of a collector of traces for OTLP/HTTP, such as http://127.0.0.1:4318; " +
		"empty: no traces",
	"otlp_head":     "headers for the collector: name=value with commas between; never printed",
	"trace_ratio":   "share of requests that is traced, 0 to 1",
	"facility_name": "demo: the counter's facility as patients see it",
}
