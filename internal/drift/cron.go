package drift

import (
	"errors"
	"fmt"
	"math/bits"
	"strings"
	"time"
)

// cron is a parsed cron expression: a time is due when each field holds its part.
type cron struct {
	minutes, hours, months, years fieldSet
	day                           dayRule
}

// parseCron reads six fields: minutes, hours, day-of-month, month, day-of-week,
// year. Exactly one of the two days is "?". The error lists every field at fault.
func parseCron(body string) (*cron, error) {
	parts := strings.Fields(body)
	if len(parts) != 6 {
		return nil, fmt.Errorf("must have six fields, got %d", len(parts))
	}
	var c cron
	var problems []string
	report := func(err error) {
		if err != nil {
			problems = append(problems, err.Error())
		}
	}
	for _, f := range []struct {
		field
		text string
		into *fieldSet
	}{
		{minuteField, parts[0], &c.minutes},
		{hourField, parts[1], &c.hours},
		{monthField, parts[3], &c.months},
		{yearField, parts[5], &c.years},
	} {
		var err error
		*f.into, err = f.parse(f.text)
		report(err)
	}
	var err error
	c.day, err = parseDay(parts[2], parts[4])
	report(err)
	if len(problems) > 0 {
		return nil, errors.New(strings.Join(problems, "; "))
	}
	return &c, nil
}

// next is the first due minute after t, which is in UTC; zero when there is none.
// It walks years, then months, then days, so it ends after at most 2,760 months.
func (c *cron) next(t time.Time) time.Time {
	from := t.Truncate(time.Minute).Add(time.Minute)
	if first := time.Date(yearField.low, time.January, 1, 0, 0, 0, 0, time.UTC); from.Before(first) {
		from = first
	}
	for year := from.Year(); year <= yearField.high; year++ {
		if !c.years.has(year - yearField.low) {
			continue
		}
		for month := time.January; month <= time.December; month++ {
			if !c.months.has(int(month) - monthField.low) {
				continue
			}
			if due, found := c.inMonth(year, month, from); found {
				return due
			}
		}
	}
	return time.Time{}
}

// inMonth is the first due minute of a month that is not before from.
func (c *cron) inMonth(year int, month time.Month, from time.Time) (time.Time, bool) {
	if firstOf(year, month+1).Compare(from) <= 0 {
		return time.Time{}, false
	}
	for days := c.day.in(year, month); days != 0; days &= days - 1 {
		midnight := time.Date(year, month, bits.TrailingZeros32(days), 0, 0, 0, 0, time.UTC)
		start := 0
		switch since := from.Sub(midnight); {
		case since >= 24*time.Hour:
			continue
		case since > 0:
			start = int(since / time.Minute)
		}
		if minute, found := c.inDay(start); found {
			return midnight.Add(time.Duration(minute) * time.Minute), true
		}
	}
	return time.Time{}, false
}

// inDay is the first due minute of a day, counted from midnight, from start on.
func (c *cron) inDay(start int) (int, bool) {
	for minute := start; minute < 24*60; minute++ {
		if c.hours.has(minute/60) && c.minutes.has(minute%60) {
			return minute, true
		}
	}
	return 0, false
}

func firstOf(year int, month time.Month) time.Time {
	return time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
}
