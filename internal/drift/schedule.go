package drift

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Schedule says when a source is due, written as EventBridge writes it:
// `rate(5 minutes)` or `cron(0 12 * * ? *)`, in UTC. The zero value is no schedule.
// Safe for concurrent use; not comparable, compare the text ([Schedule.String]).
//
// Source: Amazon EventBridge user guide, "Rate expressions reference" and "Cron
// expressions reference".
type Schedule struct {
	text string
	rate time.Duration // of a rate, else zero
	cron *cron         // of a cron expression, else nil
}

// ParseSchedule reads a schedule. Its error names the field at fault and quotes
// that field only. Names of months and days, L and W may be in either case; the
// words rate, cron and the units are in lower case.
func ParseSchedule(text string) (Schedule, error) {
	text = strings.TrimSpace(text)
	if len(text) > maxScheduleBytes {
		return Schedule{}, fmt.Errorf("schedule: must be at most %d bytes, got %d", maxScheduleBytes, len(text))
	}
	form, rest, found := strings.Cut(text, "(")
	body, closed := strings.CutSuffix(rest, ")")
	if !found || !closed {
		return Schedule{}, errNoSchedule
	}
	switch form {
	case "rate":
		rate, err := parseRate(body)
		if err != nil {
			return Schedule{}, fmt.Errorf("schedule: rate: %w", err)
		}
		return Schedule{text: text, rate: rate}, nil
	case "cron":
		expression, err := parseCron(body)
		if err != nil {
			return Schedule{}, fmt.Errorf("schedule: cron: %w", err)
		}
		return Schedule{text: text, cron: expression}, nil
	}
	return Schedule{}, errNoSchedule
}

// maxScheduleBytes is the limit of EventBridge's PutRule, ScheduleExpression.
const maxScheduleBytes = 256

var errNoSchedule = errors.New("schedule: must be rate(<value> <unit>) or " +
	"cron(<minutes> <hours> <day-of-month> <month> <day-of-week> <year>)")

// String is the schedule as it was written, without outer white space; "" for the
// zero value. It parses to the same schedule.
func (s Schedule) String() string { return s.text }

// IsZero reports whether there is no schedule.
func (s Schedule) IsZero() bool { return s.text == "" }

// Next is the first time after `after` at which the source is due, in UTC; the
// zero time when there is none (no schedule, or its years have passed). A rate
// counts from `after`, so give it the last run or the registration; a cron
// expression is due at whole minutes.
func (s Schedule) Next(after time.Time) time.Time {
	switch {
	case s.rate > 0:
		return after.UTC().Add(s.rate)
	case s.cron != nil:
		return s.cron.next(after.UTC())
	}
	return time.Time{}
}

// maxRate keeps a rate within what a [time.Duration] can hold; EventBridge states
// no limit.
const maxRate = 36500 * 24 * time.Hour

// parseRate reads "<value> <unit>". The unit is singular for 1, else plural.
func parseRate(body string) (time.Duration, error) {
	parts := strings.Fields(body)
	if len(parts) != 2 {
		return 0, fmt.Errorf("must be a value and a unit, got %d parts", len(parts))
	}
	value, err := parseNumber(parts[0])
	if err != nil || value < 1 {
		return 0, fmt.Errorf("value %q: must be a whole number of at least 1", parts[0])
	}
	unit, known := rateUnits[strings.TrimSuffix(parts[1], "s")]
	if !known {
		return 0, fmt.Errorf("unit %q: must be minute(s), hour(s) or day(s)", parts[1])
	}
	if plural := strings.HasSuffix(parts[1], "s"); plural != (value > 1) {
		return 0, fmt.Errorf("unit %q: singular for a value of 1, plural for more", parts[1])
	}
	if time.Duration(value) > maxRate/unit {
		return 0, fmt.Errorf("value %q: must be at most 36500 days", parts[0])
	}
	return time.Duration(value) * unit, nil
}

var rateUnits = map[string]time.Duration{
	"minute": time.Minute,
	"hour":   time.Hour,
	"day":    24 * time.Hour,
}

// parseNumber reads decimal digits: no sign, at most nine of them.
func parseNumber(text string) (int, error) {
	if len(text) == 0 || len(text) > 9 || strings.Trim(text, "0123456789") != "" {
		return 0, strconv.ErrSyntax
	}
	return strconv.Atoi(text)
}
