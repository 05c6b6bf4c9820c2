package catalog_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"plumbline/internal/catalog"
)

// TestALongListIsReadInItsLength has types of a hundred thousand states, and of as many
// as a type can hold: looking for each among those before it took minutes.
func TestALongListIsReadInItsLength(t *testing.T) {
	t.Parallel()
	for count, want := range map[int]int{25_000: 0, 400_000: 1} {
		states := make([]string, count)
		for i := range states {
			states[i] = fmt.Sprintf(`"s%d"`, i)
		}
		list := "[" + strings.Join(states, ",") + "]"
		for _, flat := range []string{
			`{"name":"a","states":` + list + `,"initialState":"s1"}`,
			`{"name":"a","states":["s1"],"initialState":"s1","properties":[{"name":"p","type":"string","enum":` + list + `}]}`,
		} {
			value, began := canonical(t, flat), time.Now()
			if _, problems := catalog.DecodeSchema(catalog.KindEntityType, value); len(problems) != want {
				t.Errorf("%d: %d problems, want %d: %.200s", count, len(problems), want, problems.Error())
			}
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("%d: took %s", count, took)
			}
		}
	}
}
