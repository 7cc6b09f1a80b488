package input

// FlagHelp holds the help of flags whose line would be too wide with it, by the name that stands for it in
// the flag's struct tag: a tag cannot be broken over lines.
var FlagHelp = map[string]string{
	"methods_json": "the situation, or an array of situations, as JSON; - for standard input",
	"share_birth_date": "生年月日: 1955-07-01, 昭和30年7月1日; 1955, 1955-07 or 不詳 are answered with " +
		"all that is possible",
	"audit_verify": "read the whole chain and its checkpoints; exit code 1 where it is not what was signed",
	"audit_sign": "sign a checkpoint, for a timer of another user whose key the server cannot read; exit " +
		"code 2 where the chain is not what was signed before",
	"audit_accept": "with the server stopped: take the chain as it is, after a backup was restored or a " +
		"checkpoint file was lost",
	"audit_export": "list what the chain says of one person, for a request to be told; the chain notes " +
		"that it was",
	"audit_checkpoint": "file of the checkpoints, or a copy of it; by default the server's",
	"audit_key_flag":   "their key, PEM; by default the server's",
	"audit_key_out":    "the private half, for its owner alone; the public half is FILE.pub",
	"audit_archive":    "folder of the months that have left the database",
	"audit_before":     "the oldest month that stays",
	"audit_to":         "folder for the archives",
	"audit_remove":     "then let these months leave the database",
	"audit_role":       "role of the data folder",
	"audit_person":     "as a clerk searches: the person's 番号, 記号 and 番号, birth date or name",
	"export_format":    "fhir: JP Core Coverage, one JSON object a line (NDJSON); csv: as import reads it",
	"export_out":       "the file to write, for its owner alone (0600); standard output by default",
	"import_map": "JSON file of the insurer's own headings, {\"heading\":\"氏名\"}; " +
		"remembered when the file is stored",
	"csr_subject": "the certificate's name, such as CN=架空健康保険組合,O=架空健康保険組合,C=JP; by " +
		"default the insurer's number",
	"keys_rotate": "publish a next key, or let it sign once it has been published for 24 hours",
	"rotate_older_than": "let the next key sign only when the current one has signed for so " +
		"many days: for a nightly job",
	"rotate_lost": "the current private key is lost: replace it at once, keep its public half published",
	"rotate_leaked": "the current private key leaked: replace it at once and publish it no " +
		"more; copies (PDF) by it are void",
	"print_share_on": "only people whose share may change on this day, YYYY-MM-DD",
	"print_address":  "the address that the notices' QR opens; a resumed run keeps its own",
	"trust_issuer":   "an insurer's iss, its name, the numbers it may speak for, its jwks.json",
	"trust_counter":  "a counter server that may ask insurers",
	"trust_keys":     "the operator's key folder (0700); the root key is made there on the first use",
	"trust_out":      "where trust.jwt and trust-root.json are written, for consoles",
	"verify_file": "picture of a code, PDF, shc:/ text, JWS or .smart-health-card file; - " +
		"for standard input",
	"verify_status": "the issuer's list of revoked copies: status.jwt, or the JSON list of " +
		"SMART Health Cards",
	"verify_roots": "PEM certificates of the CA that signers of PDFs are judged by; " +
		"without it the signer is not checked",
	"serve_role":   "what this server is: all (demo), insurer or counter",
	"verify_what":  "check an eligibility code: picture, PDF, text or file; never uses the network",
	"doctor_role":  "what the server is: all (demo), insurer or counter",
	"copy_what":    "copy a database to another engine, resumable, and compare both (docs/operator.md)",
	"copy_from":    "SQLite file or postgres:// address of the database, which nobody uses now",
	"copy_to":      "the same of a new one, or of an unfinished copy",
	"doctor_what":  "say what is good and what is wrong with this server, and what to do (docs/operator.md)",
	"insurer_what": "the insurers of this server: add, list, set; or what an insurer number says",
	"facility_blanking": "seconds without use after which a patient's data are blanked at the counter: " +
		"30 to 600; 60 by default",
	"facility_retention": "years for which the counter's records are kept: 3 to 10; 3 by default",
	"facility_copy_by_year": "what the counter copies for the receipt computer has birth dates by the " +
		"western year, not by era",
	"of_role": "role of the data folder; live only for --operator",
}
