package httpapi

import (
	"github.com/google/uuid"
)

// convert gives each of a list's members another form.
func convert[T, W any](all []T, form func(T) W) []W {
	forms := make([]W, len(all))
	for i, one := range all {
		forms[i] = form(one)
	}
	return forms
}

// texts writes ids.
func texts(ids []uuid.UUID) []string { return convert(ids, uuid.UUID.String) }

// idOrNull writes an id that may be zero: null.
func idOrNull(id uuid.UUID) *string {
	if id == uuid.Nil {
		return nil
	}
	return textOrNull(id.String())
}

// textOrNull writes a text that may be "": null.
func textOrNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
