package drift_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"plumbline/internal/drift"
)

// member is a generated part of an expression with what it means, said apart from
// the code under test.
type member struct {
	text    string
	matches func(value int) bool
}

// plainMember draws a value, a range, a step or a star of a field.
func plainMember(t *rapid.T, low, high int, steps, wraps bool) member {
	value := rapid.IntRange(low, high)
	a, b, n := value.Draw(t, "a"), value.Draw(t, "b"), rapid.IntRange(1, high-low).Draw(t, "n")
	if b < a && !wraps {
		a, b = b, a
	}
	inside := func(v int) bool {
		if a <= b {
			return a <= v && v <= b
		}
		return v >= a || v <= b
	}
	forms := []member{
		{"*", func(int) bool { return true }},
		{fmt.Sprint(a), func(v int) bool { return v == a }},
		{fmt.Sprintf("%d-%d", a, b), inside},
	}
	if steps {
		forms = append(forms,
			member{fmt.Sprintf("%d/%d", a, n), func(v int) bool { return v >= a && (v-a)%n == 0 }},
			member{fmt.Sprintf("*/%d", n), func(v int) bool { return (v-low)%n == 0 }})
	}
	return rapid.SampledFrom(forms).Draw(t, "form")
}

// plainField draws a list of one to three members.
func plainField(t *rapid.T, low, high int, steps, wraps bool) member {
	var texts []string
	var parts []member
	for range rapid.IntRange(1, 3).Draw(t, "members") {
		m := plainMember(t, low, high, steps, wraps)
		texts, parts = append(texts, m.text), append(parts, m)
	}
	return member{strings.Join(texts, ","), func(v int) bool {
		for _, m := range parts {
			if m.matches(v) {
				return true
			}
		}
		return false
	}}
}

// dayFields draws both day fields and what they mean of a date.
func dayFields(t *rapid.T) (ofMonth, ofWeek string, matches func(time.Time) bool) {
	weekday := rapid.IntRange(1, 7).Draw(t, "weekday")
	is := func(d time.Time) bool { return int(d.Weekday())+1 == weekday }
	lastOfMonth := func(d time.Time) bool { return d.AddDate(0, 0, 1).Month() != d.Month() }
	switch rapid.SampledFrom([]string{"month", "week", "L", "LW", "nW", "nL", "n#m"}).Draw(t, "day") {
	case "month":
		m := plainField(t, 1, 31, true, true)
		return m.text, "?", func(d time.Time) bool { return m.matches(d.Day()) }
	case "week":
		m := plainField(t, 1, 7, false, true)
		return "?", m.text, func(d time.Time) bool { return m.matches(int(d.Weekday()) + 1) }
	case "L":
		return "L", "?", lastOfMonth
	case "LW":
		return "LW", "?", func(d time.Time) bool {
			for next := d.AddDate(0, 0, 1); next.Month() == d.Month(); next = next.AddDate(0, 0, 1) {
				if isWorkday(next) {
					return false
				}
			}
			return isWorkday(d)
		}
	case "nW":
		n := rapid.IntRange(1, 31).Draw(t, "n")
		return fmt.Sprintf("%dW", n), "?", func(d time.Time) bool {
			wanted := time.Date(d.Year(), d.Month(), n, 0, 0, 0, 0, time.UTC)
			return wanted.Month() == d.Month() && d.Equal(nearestWorkday(wanted))
		}
	case "nL":
		return "?", fmt.Sprintf("%dL", weekday), func(d time.Time) bool {
			return is(d) && d.AddDate(0, 0, 7).Month() != d.Month()
		}
	}
	nth := rapid.IntRange(1, 5).Draw(t, "nth")
	return "?", fmt.Sprintf("%d#%d", weekday, nth), func(d time.Time) bool {
		return is(d) && d.AddDate(0, 0, -7*(nth-1)).Month() == d.Month() && d.AddDate(0, 0, -7*nth).Month() != d.Month()
	}
}

func isWorkday(d time.Time) bool { return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday }

// nearestWorkday tries days in the order of their distance, in the same month.
func nearestWorkday(d time.Time) time.Time {
	for _, distance := range []int{0, -1, 1, -2, 2} {
		if near := d.AddDate(0, 0, distance); near.Month() == d.Month() && isWorkday(near) {
			return near
		}
	}
	return time.Time{}
}

func TestNextIsTheFirstMinuteThatMatches(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		minute, hour := plainField(t, 0, 59, true, true), plainField(t, 0, 23, true, true)
		month, year := plainField(t, 1, 12, true, true), plainField(t, 1970, 2199, true, false)
		ofMonth, ofWeek, day := dayFields(t)
		text := fmt.Sprintf("cron(%s %s %s %s %s %s)", minute.text, hour.text, ofMonth, month.text, ofWeek, year.text)
		s, err := drift.ParseSchedule(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		after := time.Unix(rapid.Int64Range(0, 7e9).Draw(t, "after"), 0).UTC()
		got := s.Next(after)

		// Brute force: every day and every minute of it, for three years.
		first := after.Truncate(time.Minute).Add(time.Minute)
		end := first.AddDate(3, 0, 0)
		for d := first.Truncate(24 * time.Hour); d.Before(end); d = d.AddDate(0, 0, 1) {
			if !year.matches(d.Year()) || d.Year() > 2199 || !month.matches(int(d.Month())) || !day(d) {
				continue
			}
			for m := d; m.Before(d.AddDate(0, 0, 1)); m = m.Add(time.Minute) {
				if m.Before(first) || !hour.matches(m.Hour()) || !minute.matches(m.Minute()) {
					continue
				}
				if got != m {
					t.Fatalf("%s after %s: got %s, want %s", text, after, got, m)
				}
				return
			}
		}
		if !got.IsZero() && got.Before(end) {
			t.Fatalf("%s after %s: got %s, which does not match", text, after, got)
		}
	})
}
