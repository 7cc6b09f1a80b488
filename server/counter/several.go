package counter

import (
	"context"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/staff"
)

// Candidate is one person among the codes of a picture: the best code of theirs, and the second code that
// belongs to it.
type Candidate struct {
	JWS     string
	Proof   string
	Verdict credential.Verdict // without the proof
}

// maxSeveral bounds the codes of one picture.
const maxSeveral = 16

var errSeveral = &eligibility.Error{Code: eligibility.Invalid, Key: "scan.several", Field: "texts"}

// Candidates verifies the codes that were read from one picture and returns whose they are, one entry a
// person, in their order in the picture; staff choose among several. Nothing is stored and no server is
// asked. Codes of one person (a screen and a saved copy, a screen and its proof) are one; each code that
// cannot be verified is one of its own, as nobody knows whose it is.
func (c *Service) Candidates(
	ctx context.Context, reception staff.Reception, texts []string,
) ([]Candidate, error) {
	if _, err := c.FacilityOf(ctx, reception); err != nil {
		return nil, err
	}
	if len(texts) > maxSeveral {
		return nil, errSeveral
	}
	believed, err := c.Believed()
	if err != nil {
		return nil, err
	}
	verifier := believed.Verifier(c.Now())
	var found []Candidate
	var proofs []string
	for _, text := range texts {
		jws, err := credential.Read(text)
		switch {
		case err != nil:
		case credential.LooksLikeProof(jws):
			proofs = append(proofs, jws)
		default:
			found = withCandidate(found, Candidate{JWS: jws, Verdict: verifier.Verify(jws)})
		}
	}
	for i := range found {
		for _, proof := range proofs {
			if len(found) == 1 || found[i].Verdict.Prove(proof, found[i].JWS, verifier, "").Valid {
				found[i].Proof = proof
				break
			}
		}
	}
	return found, nil
}

// withCandidate adds a code, or puts it in the place of a worse one of the same person.
func withCandidate(found []Candidate, c Candidate) []Candidate {
	for i, other := range found {
		if other.JWS == c.JWS {
			return found
		}
		if onePerson(other.Verdict.Eligibility, c.Verdict.Eligibility) {
			if isBetter(c.Verdict, other.Verdict) {
				found[i] = c
			}
			return found
		}
	}
	return append(found, c)
}

// onePerson compares what verified codes say. Twins without a branch number differ in their names alone.
func onePerson(a, b *credential.Eligibility) bool {
	if a == nil || b == nil || a.Insurer != b.Insurer || a.BirthDate != b.BirthDate || a.Sex != b.Sex ||
		eligibility.NormaliseSymbol(a.Symbol) != eligibility.NormaliseSymbol(b.Symbol) ||
		eligibility.NormaliseNumber(a.Number) != eligibility.NormaliseNumber(b.Number) ||
		eligibility.NormaliseBranch(a.BranchNumber) != eligibility.NormaliseBranch(b.BranchNumber) {
		return false
	}
	switch eligibility.MatchNames(a.Name, b.Name).Match {
	case eligibility.NamesEqual, eligibility.NamesVariant, eligibility.NamesMasked:
		return true
	}
	return false
}

// isBetter prefers a live or awaited screen to a copy, what is valid to what is not, and the newer one.
func isBetter(a, b credential.Verdict) bool {
	rank := func(v credential.Verdict) int {
		switch {
		case v.Valid && v.Tier == credential.TierLive:
			return 3
		case v.AwaitsProof():
			return 2
		case v.Valid:
			return 1
		}
		return 0
	}
	if rank(a) != rank(b) {
		return rank(a) > rank(b)
	}
	return a.IssuedAt.After(b.IssuedAt)
}
