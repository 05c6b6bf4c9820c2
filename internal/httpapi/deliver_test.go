package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func TestTheSizeOfAnAnswerIsThatInsideAFunctionsAnswer(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "{}\n", `{"a": "b\"c\\d\u0000"}`, "{\n  \"käse\": \"\u2028\u2029<&>\"\n}\n"} {
		var answer bytes.Buffer
		encoder := json.NewEncoder(&answer)
		encoder.SetEscapeHTML(false) // as the runtime of functions has it
		if err := encoder.Encode(text); err != nil {
			t.Fatal(err)
		}
		if want := len(bytes.TrimSpace(answer.Bytes())) - len(`""`); within([]byte(text)) != want {
			t.Errorf("%q is reckoned as %d bytes, and has %d", text, within([]byte(text)), want)
		}
	}
}

func TestABoundedTextEndsAtItsLimit(t *testing.T) {
	t.Parallel()
	b := &bounded{left: 10}
	for _, text := range []string{"1234", `"5"`, "x"} {
		if _, err := b.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.Write([]byte(strings.Repeat("x", 1))); !errors.Is(err, errOutgrown) {
		t.Errorf("one byte too many: %v", err)
	}
}
