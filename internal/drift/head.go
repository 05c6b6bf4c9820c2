package drift

import (
	"fmt"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
)

// Head is the small item that a scan reads of one entity of one document: enough to
// tell whether anything changed, nothing of the properties themselves.
type Head struct {
	EntityID   uuid.UUID
	EntityType string
	Name       string
	// Digest is that of the declaration which was last reconciled.
	Digest [32]byte
	// Status is current, drifted or missing, for this source alone.
	Status Status
	// Rejected holds, by property, the digest of the declared value that a person
	// turned down. It stands until the declared value changes.
	Rejected map[string]string
	// Proposal is the pending proposal, the zero id when there is none.
	Proposal uuid.UUID
	// ProposalDigest is the digest of that proposal's changes: the same difference
	// opens no second proposal.
	ProposalDigest string
	// Proposals counts the proposals ever opened for this source and entity; the
	// next one's id is made of it.
	Proposals int
	// Revision is that of the stored head, 0 when there is none yet.
	Revision int64
}

// NextProposal is the id of the head's next proposal: UUIDv5 of (source, entity, n),
// so that a scan which dies and runs again opens the same one. A head that was
// removed and made anew counts from 1 again, so the name holds the record as the
// proposal finds it too: no id is ever used twice.
func (h Head) NextProposal(source uuid.UUID, found *catalog.Record) uuid.UUID {
	return uuid.NewSHA1(source, fmt.Appendf(nil, "%s\n%d\n%d\n%d",
		h.EntityID, h.Proposals+1, found.CreatedAt.UnixNano(), found.Revision))
}
