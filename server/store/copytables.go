package store

import (
	"fmt"
	"strings"
)

// copied are the tables of a database in the order in which a copy fills them: whatever refers to a row comes
// behind it. meta comes last: with its stamp a copy is whole. By its key a table is read in slices.
var copied = []copiedTable{
	{"data_keys", []string{"id"}},
	{"key_checks", []string{"file"}},
	{"insurers", []string{"id"}},
	{"people", []string{"id"}},
	{"search_slices", []string{"id"}},
	{"open_imports", []string{"id"}},
	{"import_changes", []string{"id"}},
	{"person_versions", []string{"id"}},
	{"notices", []string{"id"}},
	{"enrolments", []string{"id"}},
	{"desk_codes", []string{"id"}},
	{"desk_enrolments", []string{"id"}},
	{"represent_codes", []string{"id"}},
	{"phone_keys", []string{"id"}},
	{"device_grants", []string{"id"}},
	{"receipts", []string{"id"}},
	{"papers", []string{"id"}},
	{"revocations", []string{"id"}},
	{"codes", []string{"id"}},
	{"used_nonces", []string{"id"}},
	{"headings", []string{"id"}},
	{"previews", []string{"id"}},
	{"preview_parts", []string{"id"}},
	{"refused_rows", []string{"insurer"}},
	{"runs", []string{"id"}},
	{"run_items", []string{"run_id", "place"}},
	{"run_files", []string{"run_id", "number"}},
	{"prints", []string{"person_id", "kind"}},
	{"run_lists", []string{"id"}},
	{"asked_phones", []string{"person_id", "phone"}},
	{"daily_counts", []string{"id"}},
	{"facilities", []string{"id"}},
	{"members", []string{"id"}},
	{"passkeys", []string{"id"}},
	{"pins", []string{"id"}},
	{"invitations", []string{"id"}},
	{"challenges", []string{"id"}},
	{"sessions", []string{"id"}},
	{"agents", []string{"id"}},
	{"cases", []string{"id"}},
	{"waiting_receipts", []string{"id"}},
	{"outages", []string{"id"}},
	{"disaster_notices", []string{"id"}},
	{"offline_keys", []string{"id"}},
	{"offline_records", []string{"id"}},
	{"facility_day_counts", []string{"id"}},
	{"instances", []string{"name"}},
	{"agent_places", []string{"agent"}},
	{"chores", []string{"name"}},
	{"audit", []string{"seq"}},
	{"audit_archives", []string{"first"}},
	{"audit_checkpoints", []string{"place"}},
	{"meta", []string{"name"}},
}

// copiedTable is a table with the columns of its key.
type copiedTable struct {
	name string
	key  []string
}

// after is the query for the next rows behind a key; all from the beginning where there is none. The key's
// columns stand before the table's own.
func (t copiedTable) after(columns []string, key []any, most int) string {
	where := ""
	if len(key) > 0 {
		places := make([]string, len(key))
		for i := range key {
			places[i] = fmt.Sprintf("$%d", i+1)
		}
		where = fmt.Sprintf(" WHERE (%s) > (%s)", strings.Join(t.key, ", "), strings.Join(places, ", "))
	}
	return fmt.Sprintf("SELECT %s FROM %s%s ORDER BY %s LIMIT %d", strings.Join(columns, ", "), t.name, where,
		strings.Join(t.key, ", "), most)
}

// insert is the statement that stores a row.
func (t copiedTable) insert(columns []string) string {
	places := make([]string, len(columns))
	for i := range columns {
		places[i] = fmt.Sprintf("$%d", i+1)
	}
	return fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", t.name, strings.Join(columns, ", "),
		strings.Join(places, ", "))
}
