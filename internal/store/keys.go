package store

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/table"
)

// Every key of the table is built in this file. {x} are ids in base32hex, which sorts as
// the id does. What grows with an estate is spread over shards, each one hexadecimal
// digit: of sixteen by the first bits of the entity's or proposal's id, of a duplicate by
// its digest; of four a due entry's by its source's id, and a total's (n) by the entity's.
//
//	item             partition key             sort key               who asks
//	---------------  ------------------------  ---------------------  ---------------------------------
//	project          O#org                     P#project              every request; projects of an org
//	environment      P#{project}               E#name                 GET environments, register
//	source           P#{project}               S#{source}             GET import-sources, every scan
//	uri claim        P#{project}               U#{env}#sha256(uri)    POST import-sources (idempotence)
//	schema kind      P#{project}               K#kind#name            GET entity-types, every scan
//	uri lookup       U#bucket/prefix           {source}               S3 events, by the key's ancestors
//	scope claim      C#{env}                   S#scope                first scan of a document
//	document         S#{source}                D#document             every scan, drift
//	lease            S#{source}                L                      every scan
//	rescan wanted    S#{source}                W                      a trigger that found the lease held
//	quiet            S#{source}                Z                      a burst of changes below a prefix
//	scan             S#{source}                R#{scan}               GET scans (newest first)
//	attributes       S#{source}                N#document             a scan of a document that changed
//	delta tally      S#{source}                C#{scan}               GET a scan's changes
//	deltas           S#{source}#C#{scan}       {first applied first}  GET a scan's changes: some entities an item
//	totals           S#{source}                T#document#n           GET drift
//	head             S#{source}#H#doc#shard    {entity}               every scan of the document
//	proposal         S#{source}#P#shard        {proposal}             GET a proposal, approve, reject
//	proposal list    S#{source}#Q#status#shard created#{proposal}     GET drift-proposals by status
//	source status    S#{source}#D#status#shard {entity}               GET drift?status=drifted|missing
//	entity           X#{entity}                B                      GET an entity, every change of it
//	entity event     X#{entity}                V#{event}              GET an entity's history
//	entity delta     X#{entity}                C#{delta}              GET a scan's changes: a patch that no event or proposal shows
//	entity proposal  X#{entity}                P#{proposal}           a property that turns secret
//	entity link      X#{entity}                R#{relationship}       GET an entity's relationships
//	list by type     L#{env}#shard             type NUL name          GET entities (type)
//	list by name     N#{env}#shard             name NUL type          GET entities (name prefix)
//	env status       T#{env}#status#shard      type NUL name          GET entities?driftStatus=
//	past entity      G#{env}#shard             {entity}               DELETE environment: whose history is to be erased
//	deployment row   M#{env}#shard             kind NUL name          GET deployment-drift; kind: component, state
//	identity         I#{env}#sha256            C                      a create or change of identity
//	duplicate        I#{env}#D#shard           sha256                 GET entities/duplicates
//	due              Q#shard                   time#{source}#mark     the schedule's tick; mark: schedule, mark:wish, retry:wish, watch, rest:{scan}
const (
	shards      = 16
	totalShards = 4
	dueShards   = 4
)

// The prefixes by which a partition tells its kinds of items apart, and those of
// partitions that ids are read from.
const (
	projectPrefix        = "P#" // of a sort key and of a partition
	environmentPrefix    = "E#"
	sourcePrefix         = "S#" // of a sort key and of a partition
	schemaPrefix         = "K#"
	scopePrefix          = "S#"
	documentPrefix       = "D#"
	scanPrefix           = "R#"
	attributesPrefix     = "N#"
	totalPrefix          = "T#"
	deltaTallyPrefix     = "C#" // of a source
	deltaPatchPrefix     = "C#" // of an entity
	entityPrefix         = "X#"
	eventPrefix          = "V#"
	entityProposalPrefix = "P#"
	linkPrefix           = "R#"
)

var ids = base32.HexEncoding.WithPadding(base32.NoPadding)

func idText(id uuid.UUID) string { return ids.EncodeToString(id[:]) }

func parseID(text string) (uuid.UUID, error) {
	raw, err := ids.DecodeString(text)
	if err != nil {
		return uuid.Nil, fmt.Errorf("id %q: %w", text, err)
	}
	return uuid.FromBytes(raw)
}

// shardOf is the shard of an id: its first four bits, so that the shards, one after
// the other, hold the ids in order.
func shardOf(id uuid.UUID) string { return hex.EncodeToString(id[:1])[:1] }

func shardText(n int) string { return fmt.Sprintf("%x", n) }

func digestText(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return ids.EncodeToString(sum[:])
}

func key(pk, sk string) table.Key { return table.Key{PK: pk, SK: sk} }

func projectKey(org, project string) table.Key { return key("O#"+org, projectPrefix+project) }

func projectPK(project uuid.UUID) string { return projectPrefix + idText(project) }

func environmentKey(project uuid.UUID, name string) table.Key {
	return key(projectPK(project), environmentPrefix+name)
}

func sourceKey(project, source uuid.UUID) table.Key {
	return key(projectPK(project), sourcePrefix+idText(source))
}

func uriClaimKey(project, env uuid.UUID, uri string) table.Key {
	return key(projectPK(project), "U#"+idText(env)+"#"+digestText(uri))
}

func schemaKey(project uuid.UUID, kind, name string) table.Key {
	return key(projectPK(project), schemaPrefix+kind+"#"+name)
}

// lookupPK is the partition of the sources whose uri's literal part is the path
// "bucket/prefix". A long one is cut by digest.
func lookupPK(path string) string {
	if len(path) > 1500 {
		path = "sha256:" + digestText(path)
	}
	return "U#" + path
}

// scopeKey takes scopes longer than a sort key by digest.
func scopeKey(env uuid.UUID, scope string) table.Key {
	if len(scope) > 900 {
		scope = "sha256:" + digestText(scope)
	}
	return key(scopePK(env), scopePrefix+scope)
}

func scopePK(env uuid.UUID) string { return "C#" + idText(env) }

func sourcePK(source uuid.UUID) string { return sourcePrefix + idText(source) }

func documentKey(source uuid.UUID, document string) table.Key {
	return key(sourcePK(source), documentPrefix+document)
}

func attributesKey(source uuid.UUID, document string) table.Key {
	return key(sourcePK(source), attributesPrefix+document)
}

func leaseKey(source uuid.UUID) table.Key  { return key(sourcePK(source), "L") }
func wantedKey(source uuid.UUID) table.Key { return key(sourcePK(source), "W") }
func quietKey(source uuid.UUID) table.Key  { return key(sourcePK(source), "Z") }

func scanKey(source, scan uuid.UUID) table.Key { return key(sourcePK(source), scanPrefix+idText(scan)) }

func deltaTallyKey(source, scan uuid.UUID) table.Key {
	return key(sourcePK(source), deltaTallyPrefix+idText(scan))
}

// deltaPK is the partition that a scan's tally leads to: its own two keys, joined.
func deltaPK(source, scan uuid.UUID) string {
	tally := deltaTallyKey(source, scan)
	return tally.PK + "#" + tally.SK
}

func deltaKey(source, scan, id uuid.UUID) table.Key { return key(deltaPK(source, scan), idText(id)) }

func totalKey(source uuid.UUID, document string, shard int) table.Key {
	return key(sourcePK(source), totalPrefix+document+"#"+shardText(shard))
}

func headPK(source uuid.UUID, document, shard string) string {
	return sourcePK(source) + "#H#" + document + "#" + shard
}

func headKey(source uuid.UUID, document string, entity uuid.UUID) table.Key {
	return key(headPK(source, document, shardOf(entity)), idText(entity))
}

func proposalPK(source uuid.UUID, shard string) string { return sourcePK(source) + "#P#" + shard }

func proposalKey(source, proposal uuid.UUID) table.Key {
	return key(proposalPK(source, shardOf(proposal)), idText(proposal))
}

func proposalListPK(source uuid.UUID, status drift.ProposalStatus, shard string) string {
	return sourcePK(source) + "#Q#" + string(status) + "#" + shard
}

func proposalListKey(p drift.Proposal) table.Key {
	return key(proposalListPK(p.SourceID, p.Status, shardOf(p.ID)), timeText(p.CreatedAt)+"#"+idText(p.ID))
}

func sourceStatusPK(source uuid.UUID, status drift.Status, shard string) string {
	return sourcePK(source) + "#D#" + string(status) + "#" + shard
}

func sourceStatusKey(source uuid.UUID, status drift.Status, entity uuid.UUID) table.Key {
	return key(sourceStatusPK(source, status, shardOf(entity)), idText(entity))
}

func entityPK(entity uuid.UUID) string        { return entityPrefix + idText(entity) }
func entityKey(entity uuid.UUID) table.Key    { return key(entityPK(entity), "B") }
func eventKey(entity, id uuid.UUID) table.Key { return key(entityPK(entity), eventPrefix+idText(id)) }

func deltaPatchKey(entity, id uuid.UUID) table.Key {
	return key(entityPK(entity), deltaPatchPrefix+idText(id))
}

func entityProposalKey(entity, proposal uuid.UUID) table.Key {
	return key(entityPK(entity), entityProposalPrefix+idText(proposal))
}

func linkKey(entity, relationship uuid.UUID) table.Key {
	return key(entityPK(entity), linkPrefix+idText(relationship))
}

func typeListPK(env uuid.UUID, shard string) string { return "L#" + idText(env) + "#" + shard }
func nameListPK(env uuid.UUID, shard string) string { return "N#" + idText(env) + "#" + shard }

func typeListKey(env, entity uuid.UUID, entityType, name string) table.Key {
	return key(typeListPK(env, shardOf(entity)), entityType+"\x00"+name)
}

func nameListKey(env, entity uuid.UUID, entityType, name string) table.Key {
	return key(nameListPK(env, shardOf(entity)), name+"\x00"+entityType)
}

func envStatusPK(env uuid.UUID, status drift.Status, shard string) string {
	return "T#" + idText(env) + "#" + string(status) + "#" + shard
}

func envStatusKey(env uuid.UUID, status drift.Status, entity uuid.UUID, entityType, name string) table.Key {
	return key(envStatusPK(env, status, shardOf(entity)), entityType+"\x00"+name)
}

func pastPK(env uuid.UUID, shard string) string { return "G#" + idText(env) + "#" + shard }

func pastKey(env, entity uuid.UUID) table.Key {
	return key(pastPK(env, shardOf(entity)), idText(entity))
}

func deploymentPK(env uuid.UUID, shard string) string { return "M#" + idText(env) + "#" + shard }

func deploymentKey(env, entity uuid.UUID, kind, name string) table.Key {
	return key(deploymentPK(env, shardOf(entity)), kind+"\x00"+name)
}

func identityKey(env uuid.UUID, digest string) table.Key {
	return key("I#"+idText(env)+"#"+digest, "C")
}

func duplicatePK(env uuid.UUID, shard string) string { return "I#" + idText(env) + "#D#" + shard }

func duplicateKey(env uuid.UUID, digest string) table.Key {
	return key(duplicatePK(env, shardText(int(digest[0])%shards)), digest)
}

func duePK(shard int) string { return "Q#" + shardText(shard) }

func dueKey(at time.Time, source uuid.UUID, mark string) table.Key {
	return key(duePK(int(source[15])%dueShards), timeText(at)+"#"+idText(source)+"#"+mark)
}

// timeText sorts as the time does, to the microsecond.
func timeText(t time.Time) string { return fmt.Sprintf("%016x", max(0, t.UnixMicro())) }
