package httpapi

import (
	"plumbline/internal/report"
)

// PageInput is how every list is paged.
type PageInput struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"At most so many entries"`
	Cursor string `query:"cursor" maxLength:"8192" doc:"nextCursor of the page before; opaque, good for this list with these filters only"`
}

// span opens the cursor.
func (p PageInput) span(l list) (report.Span, error) {
	cursor, err := l.open(p.Cursor)
	return report.Span{Cursor: cursor, Limit: p.Limit}, err
}

// maxPage is how many bytes of entries end a page early. A function answers 6 MB at
// most, and the encoding around them takes its part.
const maxPage = 4 << 20

// gather reads and renders a page of entries that may be big, a chunk at a time, until
// it has enough of them or of their bytes.
func gather[T, W any](span report.Span, chunk int, read func(report.Span) (report.Page[T], error), render func(T) W) (entries []W, next string, err error) {
	return gatherWithin(maxPage, span, chunk, read, render)
}

// gatherWithin is [gather] with another limit on the bytes.
func gatherWithin[T, W any](left int, span report.Span, chunk int, read func(report.Span) (report.Page[T], error), render func(T) W) (entries []W, next string, err error) {
	for len(entries) < span.Limit {
		step := report.Span{Cursor: span.Cursor, Limit: min(chunk, span.Limit-len(entries))}
		page, err := read(step)
		if err != nil {
			return nil, "", err
		}
		fitting, used, err := fit(page.Items, left, len(entries) == 0, render)
		if err != nil {
			return nil, "", err
		}
		entries, left = append(entries, fitting...), left-used
		switch {
		case len(fitting) == len(page.Items):
			span.Cursor = page.Next
		case len(fitting) == 0:
			return entries, span.Cursor, nil
		default: // the cursor behind the last that fits is that of a shorter page
			page, err = read(report.Span{Cursor: span.Cursor, Limit: len(fitting)})
			return entries, page.Next, err
		}
		if span.Cursor == "" {
			break
		}
	}
	return entries, span.Cursor, nil
}

// fit renders items as long as their bytes are left, and the first one in any case
// where first is set.
func fit[T, W any](items []T, left int, first bool, render func(T) W) (entries []W, used int, err error) {
	for _, item := range items {
		entry := render(item)
		body, err := encode(entry)
		if err != nil {
			return nil, 0, err
		}
		if used+len(body) > left && !(first && len(entries) == 0) {
			return entries, used, nil
		}
		entries, used = append(entries, entry), used+len(body)+1
	}
	return entries, used, nil
}
