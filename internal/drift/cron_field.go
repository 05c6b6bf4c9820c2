package drift

import (
	"fmt"
	"strings"
)

// field is one position of a cron expression: `*`, or a list of values, ranges
// and steps over them.
//
//	5,10     those values          22-2    22, 23, 0, 1, 2: a range may wrap
//	MON-FRI  a range of names      0/15    from 0 to the field's end by 15
//	*/2      the same from low     8-17/3  8, 11, 14, 17
type field struct {
	name      string
	low, high int
	// names stand for low, low+1, ..., or none.
	names []string
	// steps says that "/" is allowed, wraps that a range may run over the end.
	steps, wraps bool
}

// The fields of a cron expression that hold plain values; days may be more
// (dayRule). EventBridge lists "/" for each but day-of-week.
var (
	minuteField     = field{name: "minutes", low: 0, high: 59, steps: true, wraps: true}
	hourField       = field{name: "hours", low: 0, high: 23, steps: true, wraps: true}
	dayOfMonthField = field{name: "day-of-month", low: 1, high: 31, steps: true, wraps: true}
	monthField      = field{name: "month", low: 1, high: 12, steps: true, wraps: true,
		names: []string{"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}}
	dayOfWeekField = field{name: "day-of-week", low: 1, high: 7, wraps: true,
		names: []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}}
	yearField = field{name: "year", low: 1970, high: 2199, steps: true}
)

// fieldSet holds values of one field, each less the field's low.
type fieldSet [4]uint64

func (s *fieldSet) add(i int)     { s[i/64] |= 1 << (i % 64) }
func (s fieldSet) has(i int) bool { return s[i/64]&(1<<(i%64)) != 0 }

// parse reads a whole field.
func (f field) parse(text string) (fieldSet, error) {
	var set fieldSet
	for _, part := range strings.Split(text, ",") {
		if err := f.parsePart(part, &set); err != nil {
			return fieldSet{}, fmt.Errorf("%s %q: %w", f.name, text, err)
		}
	}
	return set, nil
}

// parsePart adds one member of the list.
func (f field) parsePart(part string, set *fieldSet) error {
	part, step, stepped := strings.Cut(part, "/")
	first, last, err := f.bounds(part, stepped)
	if err != nil {
		return err
	}
	by := 1
	if stepped {
		if by, err = f.step(step); err != nil {
			return err
		}
	}
	size := f.high - f.low + 1
	if last < first {
		last += size
	}
	for value := first; value <= last; value += by {
		set.add((value - f.low) % size)
	}
	return nil
}

// bounds reads `*`, a value or a range. A value with a step runs to the field's end.
func (f field) bounds(part string, stepped bool) (first, last int, err error) {
	if part == "*" {
		return f.low, f.high, nil
	}
	from, to, ranged := strings.Cut(part, "-")
	if first, err = f.value(from); err != nil {
		return 0, 0, err
	}
	switch {
	case ranged:
		if last, err = f.value(to); err != nil {
			return 0, 0, err
		}
	case stepped:
		last = f.high
	default:
		last = first
	}
	if last < first && !f.wraps {
		return 0, 0, fmt.Errorf("a range must not end before it starts")
	}
	return first, last, nil
}

// step reads what follows "/". A step as long as the field would never be taken,
// e.g. 0/60 minutes, and is refused: it is not what its writer meant.
func (f field) step(text string) (int, error) {
	if !f.steps {
		return 0, fmt.Errorf(`"/" is not allowed here`)
	}
	by, err := parseNumber(text)
	if err != nil || by < 1 || by > f.high-f.low {
		return 0, fmt.Errorf("step must be 1 to %d", f.high-f.low)
	}
	return by, nil
}

// value reads a number or a name.
func (f field) value(text string) (int, error) {
	for i, name := range f.names {
		if strings.EqualFold(text, name) {
			return f.low + i, nil
		}
	}
	value, err := parseNumber(text)
	if err != nil || value < f.low || value > f.high {
		return 0, fmt.Errorf("must be %s", f.allowed())
	}
	return value, nil
}

// allowed words what a value of the field may be.
func (f field) allowed() string {
	if len(f.names) == 0 {
		return fmt.Sprintf("%d to %d", f.low, f.high)
	}
	return fmt.Sprintf("%d to %d or %s to %s", f.low, f.high, f.names[0], f.names[len(f.names)-1])
}
