package drift

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// dayRule picks the days of a month, from day-of-month or from day-of-week: the
// other is "?".
//
//	day-of-month  L     the last day          3W    the weekday nearest to the 3rd
//	              LW    the last weekday            in that month; none without a 3rd
//	day-of-week   L     Saturday              6L    the last Friday
//	              3#2   the second Tuesday    6#5   the fifth Friday, or none
type dayRule struct {
	form  dayForm
	plain fieldSet // of ofMonth and ofWeek
	// day is the day of the month of nearestWeekday; weekday that of lastOfWeek and
	// nthOfWeek, Sunday is 0; nth counts from 1.
	day, weekday, nth int
}

type dayForm uint8

const (
	ofMonth dayForm = iota
	ofWeek
	lastDay
	lastWeekday
	nearestWeekday
	lastOfWeek
	nthOfWeek
)

// parseDay reads both day fields. L, W and # stand alone, not in a list.
func parseDay(ofMonth, ofWeek string) (dayRule, error) {
	switch {
	case ofMonth == "?" && ofWeek == "?", ofMonth != "?" && ofWeek != "?":
		return dayRule{}, errors.New(`day-of-month, day-of-week: exactly one must be "?"`)
	case ofMonth != "?":
		return parseDayOfMonth(ofMonth)
	}
	return parseDayOfWeek(ofWeek)
}

func parseDayOfMonth(text string) (dayRule, error) {
	upper := strings.ToUpper(text)
	switch upper {
	case "L":
		return dayRule{form: lastDay}, nil
	case "LW", "WL":
		return dayRule{form: lastWeekday}, nil
	}
	if number, found := strings.CutSuffix(upper, "W"); found {
		day, err := dayOfMonthField.value(number)
		if err != nil {
			return dayRule{}, fmt.Errorf("day-of-month %q: before W: %w", text, err)
		}
		return dayRule{form: nearestWeekday, day: day}, nil
	}
	plain, err := dayOfMonthField.parse(text)
	return dayRule{form: ofMonth, plain: plain}, err
}

func parseDayOfWeek(text string) (dayRule, error) {
	upper := strings.ToUpper(text)
	if upper == "L" {
		upper = "SAT"
	}
	if day, found := strings.CutSuffix(upper, "L"); found {
		weekday, err := dayOfWeekField.value(day)
		if err != nil {
			return dayRule{}, fmt.Errorf("day-of-week %q: before L: %w", text, err)
		}
		return dayRule{form: lastOfWeek, weekday: weekday - 1}, nil
	}
	if day, count, found := strings.Cut(upper, "#"); found {
		weekday, err := dayOfWeekField.value(day)
		if err != nil {
			return dayRule{}, fmt.Errorf("day-of-week %q: before #: %w", text, err)
		}
		nth, err := parseNumber(count)
		if err != nil || nth < 1 || nth > 5 {
			return dayRule{}, fmt.Errorf("day-of-week %q: after #: must be 1 to 5", text)
		}
		return dayRule{form: nthOfWeek, weekday: weekday - 1, nth: nth}, nil
	}
	plain, err := dayOfWeekField.parse(upper)
	return dayRule{form: ofWeek, plain: plain}, err
}

// in gives the days of a month that match: bit 1 is the first day.
func (r dayRule) in(year int, month time.Month) uint32 {
	first := int(firstOf(year, month).Weekday())
	last := firstOf(year, month+1).AddDate(0, 0, -1).Day()
	weekday := func(day int) int { return (first + day - 1) % 7 }
	var days uint32
	for day := 1; day <= last; day++ {
		match := false
		switch r.form {
		case ofMonth:
			match = r.plain.has(day - dayOfMonthField.low)
		case ofWeek:
			match = r.plain.has(weekday(day))
		case lastDay:
			match = day == last
		case lastWeekday:
			match = day == nearest(last, last, weekday)
		case nearestWeekday:
			match = r.day <= last && day == nearest(r.day, last, weekday)
		case lastOfWeek:
			match = weekday(day) == r.weekday && day+7 > last
		case nthOfWeek:
			match = weekday(day) == r.weekday && (day-1)/7+1 == r.nth
		}
		if match {
			days |= 1 << day
		}
	}
	return days
}

// nearest is the Monday to Friday nearest to a day without leaving the month:
// Saturday the 1st gives Monday the 3rd, a last day on Sunday the Friday before.
func nearest(day, last int, weekday func(day int) int) int {
	switch time.Weekday(weekday(day)) {
	case time.Saturday:
		if day == 1 {
			return day + 2
		}
		return day - 1
	case time.Sunday:
		if day == last {
			return day - 2
		}
		return day + 1
	}
	return day
}
