package httpapi

import "github.com/danielgtaylor/huma/v2"

// title and version head the description of the API.
const (
	title   = "Plumbline"
	version = "1.0.0"
)

const bearer = "bearer"

const aboutAPI = "Registers the places where a platform team declares its estate (Terraform and OpenTofu states, manifests, " +
	"pushes), scans them, shows where the catalogue has drifted from them, and takes decisions on what was held.\n\n" +
	"Every error has the body `{error, code}`; `code` is stable. Lists are paged: `limit` and an opaque `cursor`; a page may hold " +
	"fewer entries than asked for and still have a next one. Secrets appear as `{\"sensitive\": true, \"changes\": n}`, a value that is too " +
	"long to be shown as `{\"truncated\": true, \"bytes\": n}`. A body has at most 6,029,312 bytes and 100,000 values beside its items; one that " +
	"comes slower than 64 KiB a second, after the first 10 seconds, is not waited for."

// tags say what the operations of each tag are about.
var tags = []*huma.Tag{
	{Name: "import-sources", Description: "Where an estate is declared: sources, their scans, their drift, and the proposals that wait for a person."},
	{Name: "entities", Description: "What the catalogue of an environment holds."},
	{Name: "deployment-drift", Description: "Atmos components against the Terraform states that they deploy."},
	{Name: "entity-types", Description: "What properties and states entities may have, for all environments of a project."},
	{Name: "environments", Description: "Environments of a project, each with a catalogue of its own."},
}

// about says whose API it is, and on what terms. Whoever runs it answers for it: there
// is no address to give here.
func about(api *huma.OpenAPI) {
	api.Info.Description = aboutAPI
	api.Info.Contact = &huma.Contact{Name: "The team that runs this Plumbline"}
	api.Info.License = &huma.License{Name: "Apache 2.0", Identifier: "Apache-2.0"}
	api.Tags = tags
	api.Servers = []*huma.Server{{URL: anyBase, Description: "The Plumbline that gives this description"}}
}
