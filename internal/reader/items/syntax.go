package items

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"plumbline/internal/catalog"
	"plumbline/internal/reader"
)

// checkArray reports, as a [*reader.UnusableError], a text that is not one JSON array
// of at most [MaxBytes] and [MaxItems]. The field names the array in problems.
func checkArray(raw []byte, field string) error {
	if len(raw) > MaxBytes {
		return unusable(reader.Problem{Offset: -1, Path: field, Reason: fmt.Sprintf("must be at most %d bytes", MaxBytes)})
	}
	decoder := jsontext.NewDecoder(bytes.NewReader(raw))
	value, err := decoder.ReadValue()
	if err == nil && value.Kind() != '[' {
		e := unusable(reader.Problem{Offset: 0, Path: field, Reason: "must be an array"})
		e.NotFormat = true
		return e
	}
	if err != nil {
		return unusable(syntaxProblem(err, field))
	}
	end := decoder.InputOffset()
	if _, err = decoder.ReadToken(); err != io.EOF {
		return unusable(reader.Problem{Offset: end, Path: field, Reason: "must be followed by nothing"})
	}
	count := 0
	for range catalog.Elements(raw) {
		if count++; count > MaxItems {
			return unusable(reader.Problem{Offset: -1, Path: field, Reason: fmt.Sprintf("must be at most %d", MaxItems)})
		}
	}
	return nil
}

func unusable(problem reader.Problem) *reader.UnusableError {
	return &reader.UnusableError{Problem: problem, Facts: reader.Facts{Format: reader.FormatItems}}
}

// syntaxProblem says where the text is no JSON. It does not pass on what the decoder
// says, which quotes the text.
func syntaxProblem(err error, field string) reader.Problem {
	problem := reader.Problem{Offset: -1, Path: field, Reason: "must be valid JSON"}
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		problem.Offset = syntax.ByteOffset
		first, _, _ := strings.Cut(strings.TrimPrefix(string(syntax.JSONPointer), "/"), "/")
		if index, err := strconv.Atoi(first); err == nil {
			problem.Path = fmt.Sprintf("%s[%d]", field, index)
		}
	}
	if errors.Is(err, jsontext.ErrDuplicateName) {
		problem.Reason = "must not hold a name twice in one object"
	}
	return problem
}
