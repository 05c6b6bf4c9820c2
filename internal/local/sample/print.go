package sample

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"text/tabwriter"
)

// Print shows what has drifted, as a table, and the lines by which a user decides the
// proposal that changes most.
func (e Estate) Print(ctx context.Context, w io.Writer) error {
	sources, err := e.sources(ctx)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	reports := make([]driftReport, len(sources))
	intro := columns(&text)
	for i, s := range sources {
		if reports[i], err = e.drift(ctx, s.ID); err != nil {
			return err
		}
		fmt.Fprintf(intro, "%s\t%s\tin %s\t%s\n", s.name(), s.SourceURI, s.EnvName, s.ReconciliationPolicy)
	}
	intro.Flush()
	table := columns(&text)
	fmt.Fprintln(table, "\nSOURCE\tENTITY\tSTATUS\tPROPERTY\tBEFORE\tAFTER")
	for i, s := range sources {
		printDrift(table, s, reports[i])
	}
	table.Flush()
	if err := e.printDeployments(ctx, &text); err != nil {
		return err
	}
	e.printDecisions(&text, reports)
	_, err = w.Write(text.Bytes())
	return err
}

func columns(w io.Writer) *tabwriter.Writer { return tabwriter.NewWriter(w, 0, 0, 2, ' ', 0) }

// name is the last part of the source's uri, without its extension.
func (s source) name() string { return strings.TrimSuffix(path.Base(s.SourceURI), ".tfstate") }

// printDrift writes one line a property that differs, and one for an entity that is
// gone.
func printDrift(w io.Writer, s source, report driftReport) {
	changes := map[string][]change{}
	for _, p := range report.PendingProposals {
		changes[p.ID] = p.ProposedChanges.Properties
	}
	byName := func(a, b entity) int { return strings.Compare(a.Name, b.Name) }
	for _, entity := range slices.SortedFunc(slices.Values(report.Entities), byName) {
		if entity.DriftStatus == "current" {
			continue
		}
		line := s.name() + "\t" + entity.Name + "\t" + entity.DriftStatus
		if len(changes[entity.ProposalID]) == 0 {
			fmt.Fprintf(w, "%s\t-\t\t\n", line)
		}
		for _, c := range changes[entity.ProposalID] {
			before, after := short(c.Before, c.After)
			fmt.Fprintf(w, "%s\t%s\t%s\t-> %s\n", line, c.Property, before, after)
		}
	}
}

// printDeployments shows what the estate declares against what its states deploy.
func (e Estate) printDeployments(ctx context.Context, w io.Writer) error {
	drift, err := e.deploymentDrift(ctx, live)
	if err != nil {
		return err
	}
	table := columns(w)
	fmt.Fprintln(table, "\nCOMPONENT\tDEPLOYMENT\tWHY")
	for _, f := range drift.Findings {
		fmt.Fprintf(table, "%s\t%s\t%s\n", f.Name, f.Kind, f.Reason)
	}
	return table.Flush()
}

func (e Estate) printDecisions(w io.Writer, reports []driftReport) {
	var most proposal
	for _, report := range reports {
		for _, p := range report.PendingProposals {
			if len(p.ProposedChanges.Properties) > len(most.ProposedChanges.Properties) {
				most = p
			}
		}
	}
	if most.ID == "" {
		return
	}
	fmt.Fprintf(w, "\nDecide what is proposed for %s, one way or the other:\n\n", most.EntityName)
	for _, verb := range []string{"approve", "reject"} {
		fmt.Fprintf(w, "  curl -X POST -H \"Authorization: Bearer $(cat %s)\" %s\n", e.TokenFile,
			e.url("/import-sources/"+most.ImportSourceID+"/drift-proposals/"+most.ID+"/"+verb))
	}
}

// The table shows at most maxShown characters of a value, of a long one those around
// the first difference.
const (
	maxShown = 44
	lead     = 10
)

// short gives two values as the table shows them.
func short(before, after json.RawMessage) (string, string) {
	a, b := []rune(plain(before)), []rune(plain(after))
	same := 0
	for same < min(len(a), len(b)) && a[same] == b[same] {
		same++
	}
	if max(len(a), len(b)) <= maxShown || same < lead {
		same = 0
	} else {
		same -= lead
	}
	return cut(a, same), cut(b, same)
}

func cut(text []rune, from int) string {
	shown := text[from:]
	if len(shown) > maxShown {
		shown = append(slices.Clip(shown[:maxShown-1]), '…')
	}
	if from > 0 {
		return "…" + string(shown)
	}
	return string(shown)
}

// plain is a value without quotes.
func plain(value json.RawMessage) string {
	var text string
	switch {
	case len(value) == 0 || string(value) == "null":
		return "(none)"
	case bytes.HasPrefix(value, []byte(`{"sensitive":true`)):
		return "(sensitive)"
	case json.Unmarshal(value, &text) == nil:
		return text
	}
	return string(value)
}
