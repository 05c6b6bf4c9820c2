package httpapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"plumbline/internal/auth"
	"plumbline/internal/report"
)

// DescribeStacks is the group of resolved estates: alone, because one may be as big as
// all other answers together.
func DescribeStacks(deps Deps) Group {
	h := &sources{Deps: deps, dialect: importSources}
	return Group{Name: "describe-stacks", dialect: h.dialect, mount: func(m *mount) {
		serve(m, operation{id: "describe-stacks", method: http.MethodGet, path: sourceRoute + "/describe-stacks", needs: auth.DataRead,
			summary: "Get the resolved estate of Atmos manifests",
			details: "What the last applied scan has read, in the very shape of `atmos describe stacks --format json`, secrets masked. An answer that a function cannot give at " +
				"once is a redirect to a url that is good for 15 minutes and takes no Authorization header: HTTP clients drop it for another host.",
			answers: estateAnswers, errs: []error{report.ErrProject, report.ErrSource, report.ErrNotEstate, report.ErrNoEstate}}, h.describeStacks)
	}}
}

// estateAnswers are the answers beside errors.
var estateAnswers = map[string]*huma.Response{
	"200": {Description: "OK", Content: map[string]*huma.MediaType{jsonType: {Schema: &huma.Schema{
		Type: huma.TypeObject, AdditionalProperties: true, Description: "Stack, `components`, type, name, section"}}}},
	"304": {Description: "Not Modified"},
	"307": {Description: "Temporary Redirect", Headers: map[string]*huma.Param{
		"Location": {Description: "Where the answer is", Schema: &huma.Schema{Type: huma.TypeString}}}},
}

type describeInput struct {
	SourcePath
	Stack            string   `query:"stack" doc:"Name of a stack"`
	Component        []string `query:"component" doc:"Names of components, separated by commas"`
	ComponentType    []string `query:"componentType" doc:"Types of components (terraform, helmfile, ..), separated by commas"`
	ProcessFunctions bool     `query:"processFunctions" default:"true" doc:"false leaves YAML functions as their expressions"`
	IfNoneMatch      string   `header:"If-None-Match" doc:"The ETag of an answer that the caller has"`
}

type describeOutput struct {
	ETag         string `header:"ETag"`
	CacheControl string `header:"Cache-Control"`
	Body         func(huma.Context)
}

func (h *sources) describeStacks(ctx context.Context, in *describeInput) (*describeOutput, error) {
	source, err := h.source(ctx, in.SourcePath)
	if err != nil {
		return nil, err
	}
	estate, err := h.Report.Estate(ctx, source, report.EstateFilter{
		Stack: in.Stack, Components: in.Component, Types: in.ComponentType, Unprocessed: !in.ProcessFunctions})
	if err != nil {
		return nil, err
	}
	if matches(in.IfNoneMatch, estate.Digest) {
		return &describeOutput{ETag: quoted(estate.Digest), Body: notModified}, nil
	}
	if err := estate.Load(ctx); err != nil {
		return nil, err
	}
	sent, err := h.deliver(ctx, AnswerPrefix+estate.Digest+".json", estate.Write)
	if err != nil {
		return nil, err
	}
	return &describeOutput{ETag: quoted(estate.Digest), CacheControl: sent.cache, Body: sent.write}, nil
}

func notModified(ctx huma.Context) { ctx.SetStatus(http.StatusNotModified) }

func quoted(digest string) string { return `"` + digest + `"` }

// matches reports whether If-None-Match names an answer. Source: RFC 9110, 13.1.2.
func matches(ifNoneMatch, digest string) bool {
	for tag := range strings.SplitSeq(ifNoneMatch, ",") {
		if tag = strings.TrimSpace(tag); tag == "*" || strings.TrimPrefix(tag, "W/") == quoted(digest) {
			return true
		}
	}
	return false
}
