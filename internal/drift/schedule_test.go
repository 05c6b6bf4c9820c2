package drift_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/drift"
)

const minuteForm = "2006-01-02 15:04 Mon"

// following gives the next n times after start, in minuteForm.
func following(s drift.Schedule, start time.Time, n int) []string {
	var got []string
	for range n {
		start = s.Next(start)
		if start.IsZero() {
			return append(got, "never")
		}
		got = append(got, start.Format(minuteForm))
	}
	return got
}

// The expressions are the examples of EventBridge's "Cron expressions reference"
// and "Rate expressions reference", then each wildcard at its edges.
func TestNext(t *testing.T) {
	t.Parallel()
	// A Friday.
	start := time.Date(2026, time.January, 30, 12, 7, 30, 0, time.UTC)
	for name, c := range map[string]struct {
		schedule string
		want     []string
	}{
		"ten every day":                    {"cron(0 10 * * ? *)", []string{"2026-01-31 10:00 Sat", "2026-02-01 10:00 Sun"}},
		"a quarter past noon every day":    {"cron(15 12 * * ? *)", []string{"2026-01-30 12:15 Fri", "2026-01-31 12:15 Sat"}},
		"six on weekdays":                  {"cron(0 18 ? * MON-FRI *)", []string{"2026-01-30 18:00 Fri", "2026-02-02 18:00 Mon"}},
		"eight on the first of a month":    {"cron(0 8 1 * ? *)", []string{"2026-02-01 08:00 Sun", "2026-03-01 08:00 Sun"}},
		"every quarter of an hour":         {"cron(0/15 * * * ? *)", []string{"2026-01-30 12:15 Fri", "2026-01-30 12:30 Fri"}},
		"every ten minutes on weekdays":    {"cron(0/10 * ? * MON-FRI *)", []string{"2026-01-30 12:10 Fri", "2026-01-30 12:20 Fri"}},
		"every five minutes in work hours": {"cron(0/5 8-17 ? * MON-FRI *)", []string{"2026-01-30 12:10 Fri", "2026-01-30 12:15 Fri"}},
		"hours that wrap over midnight":    {"cron(0/30 20-2 ? * MON-FRI *)", []string{"2026-01-30 20:00 Fri", "2026-01-30 20:30 Fri"}},
		"a step from one":                  {"cron(1/10 * * * ? *)", []string{"2026-01-30 12:11 Fri", "2026-01-30 12:21 Fri"}},
		"a list of months":                 {"cron(0 0 1 JAN,FEB,MAR ? *)", []string{"2026-02-01 00:00 Sun", "2026-03-01 00:00 Sun", "2027-01-01 00:00 Fri"}},
		"the weekday nearest to the third": {"cron(0 0 3W * ? *)", []string{"2026-02-03 00:00 Tue", "2026-03-03 00:00 Tue", "2026-04-03 00:00 Fri", "2026-05-04 00:00 Mon"}},
		"the second Tuesday":               {"cron(0 0 ? * 3#2 *)", []string{"2026-02-10 00:00 Tue", "2026-03-10 00:00 Tue"}},
		"every five minutes":               {"rate(5 minutes)", []string{"2026-01-30 12:12 Fri", "2026-01-30 12:17 Fri"}},
		"every hour":                       {"rate(1 hour)", []string{"2026-01-30 13:07 Fri"}},
		"every seven days":                 {"rate(7 days)", []string{"2026-02-06 12:07 Fri"}},

		"the last day of the month":            {"cron(0 0 L * ? *)", []string{"2026-01-31 00:00 Sat", "2026-02-28 00:00 Sat", "2026-03-31 00:00 Tue"}},
		"the last weekday of the month":        {"cron(0 0 LW * ? *)", []string{"2026-02-27 00:00 Fri", "2026-03-31 00:00 Tue"}},
		"the last day of the week":             {"cron(0 0 ? * L *)", []string{"2026-01-31 00:00 Sat", "2026-02-07 00:00 Sat"}},
		"the last Friday":                      {"cron(0 0 ? * FRIL *)", []string{"2026-02-27 00:00 Fri", "2026-03-27 00:00 Fri"}},
		"the fifth Friday skips months":        {"cron(0 0 ? * 6#5 *)", []string{"2026-05-29 00:00 Fri", "2026-07-31 00:00 Fri"}},
		"1 is Sunday and 7 Saturday":           {"cron(0 0 ? * 1,7 *)", []string{"2026-01-31 00:00 Sat", "2026-02-01 00:00 Sun"}},
		"weekdays that wrap":                   {"cron(0 0 ? * FRI-MON *)", []string{"2026-01-31 00:00 Sat", "2026-02-01 00:00 Sun", "2026-02-02 00:00 Mon", "2026-02-06 00:00 Fri"}},
		"1W on a Saturday is Monday the 3rd":   {"cron(0 0 1W 8 ? 2026)", []string{"2026-08-03 00:00 Mon", "never"}},
		"31W on a Sunday is Friday the 29th":   {"cron(0 0 31W 5 ? 2026)", []string{"2026-05-29 00:00 Fri", "never"}},
		"31W of a month of 30 days is never":   {"cron(0 0 31W 4 ? *)", []string{"never"}},
		"a leap day waits for its year":        {"cron(0 0 29 2 ? *)", []string{"2028-02-29 00:00 Tue", "2032-02-29 00:00 Sun"}},
		"2100 has no leap day":                 {"cron(0 0 29 FEB ? 2100)", []string{"never"}},
		"a year in the past is never":          {"cron(0 0 1 1 ? 2025)", []string{"never"}},
		"the last minute of all":               {"cron(59 23 31 12 ? 2199)", []string{"2199-12-31 23:59 Tue", "never"}},
		"every second year":                    {"cron(0 0 1 1 ? 2026/2)", []string{"2028-01-01 00:00 Sat", "2030-01-01 00:00 Tue"}},
		"a year's range with a step":           {"cron(0 0 1 1 ? 2027-2031/3)", []string{"2027-01-01 00:00 Fri", "2030-01-01 00:00 Tue", "never"}},
		"lower-case names and much space":      {" cron( 0  0  ?  mar  sun  * ) ", []string{"2026-03-01 00:00 Sun"}},
		"a running minute is not due any more": {"cron(7 12 30 1 ? *)", []string{"2027-01-30 12:07 Sat"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := drift.ParseSchedule(c.schedule)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, following(s, start, len(c.want))); diff != "" {
				t.Errorf("%s after %s (-want +got):\n%s", c.schedule, start, diff)
			}
		})
	}
}

func TestNextIsInUTC(t *testing.T) {
	t.Parallel()
	s, err := drift.ParseSchedule("cron(0 12 * * ? *)")
	if err != nil {
		t.Fatal(err)
	}
	tokyo := time.FixedZone("JST", 9*3600)
	want := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	if got := s.Next(time.Date(2026, time.March, 1, 20, 59, 59, 0, tokyo)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := (drift.Schedule{}).Next(want); !got.IsZero() {
		t.Errorf("no schedule is due at %s", got)
	}
}

func TestNextBeforeTheFirstYear(t *testing.T) {
	t.Parallel()
	s, err := drift.ParseSchedule("cron(0 0 * * ? *)")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := s.Next(time.Time{}), time.Unix(0, 0).UTC(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestDefaultScheduleParses(t *testing.T) {
	t.Parallel()
	s, err := drift.ParseSchedule(drift.DefaultSchedule)
	if err != nil || s.String() != drift.DefaultSchedule || s.IsZero() {
		t.Errorf("default schedule: %v, %v", s, err)
	}
}

func TestParseScheduleRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ schedule, names string }{
		"nothing":                      {"", "must be rate("},
		"another form":                 {"at(2026-01-01T00:00:00)", "must be rate("},
		"an upper-case form":           {"RATE(5 minutes)", "must be rate("},
		"no closing parenthesis":       {"rate(5 minutes", "must be rate("},
		"more than 256 bytes":          {"rate(5 minutes" + strings.Repeat(" ", 300) + ")", "256 bytes"},
		"one minutes":                  {"rate(1 minutes)", "unit"},
		"five minute":                  {"rate(5 minute)", "unit"},
		"seconds":                      {"rate(30 seconds)", "unit"},
		"a rate of zero":               {"rate(0 minutes)", "value"},
		"a negative rate":              {"rate(-5 minutes)", "value"},
		"a broken rate":                {"rate(1.5 hours)", "value"},
		"a rate too long":              {"rate(999999999 days)", "value"},
		"a rate without unit":          {"rate(5)", "value and a unit"},
		"five fields":                  {"cron(0 12 * * ?)", "six fields"},
		"seven fields":                 {"cron(0 0 12 * * ? *)", "six fields"},
		"minute 60":                    {"cron(60 12 * * ? *)", "minutes"},
		"hour 24":                      {"cron(0 24 * * ? *)", "hours"},
		"day 0":                        {"cron(0 0 0 * ? *)", "day-of-month"},
		"day 32":                       {"cron(0 0 32 * ? *)", "day-of-month"},
		"month 13":                     {"cron(0 0 1 13 ? *)", "month"},
		"an unknown month":             {"cron(0 0 1 JUNE ? *)", "month"},
		"weekday 0":                    {"cron(0 0 ? * 0 *)", "day-of-week"},
		"weekday 8":                    {"cron(0 0 ? * 8 *)", "day-of-week"},
		"a step over weekdays":         {"cron(0 0 ? * 2/2 *)", "day-of-week"},
		"year 1969":                    {"cron(0 0 1 1 ? 1969)", "year"},
		"year 2200":                    {"cron(0 0 1 1 ? 2200)", "year"},
		"years that run backwards":     {"cron(0 0 1 1 ? 2030-2026)", "year"},
		"both days given":              {"cron(0 0 1 * MON *)", "day-of-month, day-of-week"},
		"both days starred":            {"cron(0 0 * * * *)", "day-of-month, day-of-week"},
		"both days questioned":         {"cron(0 0 ? * ? *)", "day-of-month, day-of-week"},
		"a question in another field":  {"cron(0 ? * * ? *)", "hours"},
		"two instances of weekdays":    {"cron(0 0 ? * 3#1,6#3 *)", "day-of-week"},
		"the sixth Tuesday":            {"cron(0 0 ? * 3#6 *)", "day-of-week"},
		"the zeroth Tuesday":           {"cron(0 0 ? * 3#0 *)", "day-of-week"},
		"L in a list":                  {"cron(0 0 1,L * ? *)", "day-of-month"},
		"W in a list":                  {"cron(0 0 1,3W * ? *)", "day-of-month"},
		"W of no day":                  {"cron(0 0 W * ? *)", "day-of-month"},
		"a step of zero":               {"cron(0/0 * * * ? *)", "minutes"},
		"a step that is never taken":   {"cron(0/60 * * * ? *)", "minutes"},
		"an empty member of a list":    {"cron(1,,2 * * * ? *)", "minutes"},
		"a sign":                       {"cron(+1 * * * ? *)", "minutes"},
		"every field at fault is told": {"cron(60 12 * * ? 1)", "year"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := drift.ParseSchedule(c.schedule)
			if err == nil {
				t.Fatalf("%s parsed as %v", c.schedule, s)
			}
			if !strings.Contains(err.Error(), c.names) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: error does not name %q: %v", c.schedule, c.names, err)
			}
		})
	}
}

func FuzzParseSchedule(f *testing.F) {
	for _, seed := range []string{
		"rate(5 minutes)", "rate(1 hour)", "cron(0/5 8-17 ? * MON-FRI *)", "cron(0 0 LW 2,4-6/2 ? 2027/3)",
		"cron(0 0 ? * 3#2 *)", "cron(59 20-2 3W JAN ? 1970-2199)", "cron(0 0 ? * 6L *)",
	} {
		f.Add(seed)
	}
	after := time.Date(2026, time.June, 15, 9, 30, 12, 5, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := drift.ParseSchedule(text)
		if err != nil {
			return
		}
		next := s.Next(after)
		if !next.IsZero() && !next.After(after) {
			t.Errorf("%q: next %s is not after %s", text, next, after)
		}
		again, err := drift.ParseSchedule(s.String())
		if err != nil || again.Next(after) != next {
			t.Errorf("%q: written as %q it is another schedule: %v", text, s, err)
		}
	})
}
