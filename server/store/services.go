package store

import (
	"madoguchi/auth"
	"madoguchi/server/agents"
	"madoguchi/server/counter"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
)

// ForInsurer returns what the insurer's services keep. None of it opens the counters' records.
func (s *Store) ForInsurer() insurer.Stores {
	c := s.core
	people := personReader{c}
	notes := auditNotes{c}
	grants := deviceGrantReader{c}
	nonces := nonceStore{c}
	enrolled := enrolledReader{c}
	return insurer.Stores{
		Directory:   directoryStore{memberReader{c}},
		Register:    registerStore{c, people, notes},
		Importer:    importerStore{c},
		Usage:       usageStore{c},
		Enrolment:   enrolmentStore{c, people, enrolled},
		Desk:        deskStore{c, people},
		Devices:     devicesStore{c, grants, enrolled, nonces},
		Receipts:    receiptsStore{c, nonces},
		Issuer:      issuerStore{c, people, grants},
		OnlineCodes: onlineCodesStore{c, people},

		Representatives: representativesStore{c, people, enrolled},

		Documents: documentsStore{c, people, notes},
		Runs:      runStore{c},
		RunClaims: runStore{c},
		RunLists:  runListStore{c},
		People:    printSource{c, people},
		Tasks:     taskStore{c},
	}
}

// ForCounter returns the records of counters.
func (s *Store) ForCounter() counter.Store { return caseStore{s.core, auditNotes{s.core}} }

// Outages returns the counters' lists of people to look up after an outage.
func (s *Store) Outages() counter.OutageStore { return outageStore{s.core} }

// Notices returns the notices of disasters that facilities have switched on.
func (s *Store) Notices() counter.NoticeStore { return disasterStore{s.core} }

// ForOfflineDay returns what consoles recorded without network.
func (s *Store) ForOfflineDay() counter.OfflineStore {
	return offlineStore{s.core, caseStore{s.core, auditNotes{s.core}}}
}

// ForAgents returns the paired bridge agents.
func (s *Store) ForAgents() agents.Store { return agentStore{s.core} }

// Sessions returns the sessions of patients, clerks and receptions.
func (s *Store) Sessions() auth.SessionStore { return sessionStore{s.core} }

// ForStaff returns who works where and signs in with what, and the facilities.
func (s *Store) ForStaff() staff.Stores {
	c := s.core
	members := memberReader{c}
	return staff.Stores{
		Facilities: facilityStore{members},
		Members:    memberStore{members},
		SignIn:     signInStore{members, auditNotes{c}, passkeyRows{c}, pinRows{c}},
		PINs:       pinStore{members, pinRows{c}},
		Sessions:   staffSessionStore{members, sessionStore{c}},
		Challenges: challengeStore{c},
	}
}

// registerStore implements insurer.RegisterStore: search.go, personfile.go, erase.go.
type registerStore struct {
	*core
	personReader
	auditNotes
}

// enrolmentStore implements insurer.EnrolmentStore: notices.go, endings.go, erase.go.
type enrolmentStore struct {
	*core
	personReader
	enrolledReader
}

// devicesStore implements insurer.DevicesStore: grants.go, devicekeys.go, endings.go.
type devicesStore struct {
	*core
	deviceGrantReader
	enrolledReader
	nonceStore
}

// issuerStore implements insurer.IssuerStore: savedcopies.go, audit.go.
type issuerStore struct {
	*core
	personReader
	deviceGrantReader
}

// documentsStore implements insurer.DocumentsStore: savedcopies.go.
type documentsStore struct {
	*core
	personReader
	auditNotes
}

// importerStore implements insurer.ImporterStore: importer.go, importpreviews.go, headings.go.
type importerStore struct{ *core }
