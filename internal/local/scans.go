package local

import (
	"context"
	"fmt"
	"log/slog"

	"plumbline/internal/drift"
)

// scanned logs one line for a scan that has ended: where it read, what came of it and
// how long it took.
func (s *Stack) scanned(ctx context.Context, source drift.Source, scan drift.Scan) {
	c := scan.Summary.Counts
	line := []slog.Attr{
		slog.String("source", source.Settings.URI), slog.String("document", documentOf(source, scan)), slog.String("outcome", string(scan.Status)),
		slog.Int("declared", c.Declared), slog.Int("created", c.Created), slog.Int("updated", c.Updated), slog.Int("unchanged", c.Unchanged),
		slog.Int("proposed", c.Proposed), slog.Int("drifted", c.Drifted), slog.Int("missing", c.Missing), slog.Int("removed", c.Removed),
		slog.Int("failed", c.Failed),
		slog.Int64("ms", scan.EndedAt.Sub(scan.StartedAt).Milliseconds()),
		slog.String("project", source.Organisation+"/"+source.Project), slog.String("environment", source.Environment),
		slog.String("trigger", string(scan.Trigger)), slog.String("scan", scan.ID.String()),
	}
	level := slog.LevelInfo
	if scan.Status.Stopped() {
		level = slog.LevelWarn
		line = append(line, slog.String("reason", scan.Summary.Reason))
	}
	if scan.Status == drift.ScanFailed {
		level = slog.LevelError
	}
	s.log.LogAttrs(ctx, level, "scan ended", line...)
}

// documentOf names the document that a scan read. Of several it is the one that was
// read anew, or how many there are.
func documentOf(source drift.Source, scan drift.Scan) string {
	results := scan.Summary.DocumentResults
	anew := -1
	for i, result := range results {
		if result.Status != drift.ScanUnchanged && anew < 0 {
			anew = i
		} else if result.Status != drift.ScanUnchanged {
			anew = len(results)
		}
	}
	total := 0
	for _, n := range scan.Summary.Documents {
		total += n
	}
	switch {
	case anew >= 0 && anew < len(results) && results[anew].URI != "":
		return results[anew].URI
	case total > 1:
		return fmt.Sprintf("%d documents", total)
	case len(results) == 1 && results[0].URI != "":
		return results[0].URI
	}
	return source.Settings.URI
}
