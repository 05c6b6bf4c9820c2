package catalog

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// maxPadding is how many zeros the plain form of a number may need beside its
// significant digits; a number that needs more is written with an exponent.
const maxPadding = 30

// CanonicalNumber gives the one form of a JSON number's value, exactly and never
// through a float: plain decimals without superfluous zeros ("1" for 1.0 and
// 10e-1, "0" for -0), and digits with an exponent ("1e400") where the plain form
// would need more than 30 zeros of padding. An exponent of any size stays text.
func CanonicalNumber(raw []byte) (Value, error) {
	if v := Value(raw); !v.IsValid() || v.Kind() != jsontext.KindNumber {
		return nil, fmt.Errorf("canonical number of %d bytes: not a JSON number", len(raw))
	}
	return AppendNumber(nil, bytes.TrimSpace(raw)), nil
}

// AppendNumber appends [CanonicalNumber] of a text that is a valid JSON number.
func AppendNumber(dst, raw []byte) []byte {
	if plainInteger(raw) {
		return append(dst, raw...)
	}
	n := parseNumber(raw)
	if len(n.digits) == 0 {
		return append(dst, '0')
	}
	if n.negative {
		dst = append(dst, '-')
	}
	exponent, small := n.smallExponent()
	switch {
	case small && exponent >= 0 && exponent <= maxPadding:
		dst = append(dst, n.digits...)
		return appendZeros(dst, exponent)
	case small && exponent < 0 && -exponent <= len(n.digits)+maxPadding:
		return appendFraction(dst, n.digits, -exponent)
	}
	dst = append(dst, n.digits...)
	dst = append(dst, 'e')
	return append(dst, n.exponent...)
}

// plainInteger reports whether an integer is canonical as it stands, which nearly
// all numbers are.
func plainInteger(raw []byte) bool {
	zeros := 0
	for i, c := range raw {
		switch {
		case c == '0':
			zeros++
		case c >= '1' && c <= '9':
			zeros = 0
		case c == '-' && i == 0 && len(raw) > 1 && raw[1] != '0':
		default:
			return false
		}
	}
	return zeros <= maxPadding
}

// number is digits * 10^exponent; digits have no zero at either end and are empty
// for zero; the exponent is a decimal text without superfluous zeros.
type number struct {
	negative bool
	digits   []byte
	exponent []byte
}

func parseNumber(raw []byte) number {
	var n number
	if raw[0] == '-' {
		n.negative, raw = true, raw[1:]
	}
	mantissa, exponent := raw, []byte(nil)
	if i := bytes.IndexAny(raw, "eE"); i >= 0 {
		mantissa, exponent = raw[:i], raw[i+1:]
	}
	whole, fraction, _ := bytes.Cut(mantissa, []byte("."))
	digits := append(append(make([]byte, 0, len(mantissa)), whole...), fraction...)
	trimmed := bytes.TrimRight(digits, "0")
	n.exponent = addDecimal(exponent, len(digits)-len(trimmed)-len(fraction))
	n.digits = bytes.TrimLeft(trimmed, "0")
	return n
}

func (n number) smallExponent() (int, bool) {
	if len(n.exponent) > 10 {
		return 0, false
	}
	exponent, err := strconv.Atoi(string(n.exponent))
	return exponent, err == nil
}

// addDecimal adds delta to an integer of any length ("", "+5", "-007") as text:
// what an exponent costs grows with its digits, never with its value.
func addDecimal(text []byte, delta int) []byte {
	negative := len(text) > 0 && text[0] == '-'
	digits := bytes.TrimLeft(bytes.TrimLeft(text, "+-"), "0")
	if len(digits) <= 17 {
		value, _ := strconv.ParseInt(string(digits), 10, 64) // "" is 0
		if negative {
			value = -value
		}
		return strconv.AppendInt(nil, value+int64(delta), 10)
	}
	if negative {
		delta = -delta
	}
	sum := bytes.Clone(digits)
	carry := delta
	for i := len(sum) - 1; i >= 0 && carry != 0; i-- {
		digit := int(sum[i]-'0') + carry
		carry = digit / 10
		if digit %= 10; digit < 0 {
			digit, carry = digit+10, carry-1
		}
		sum[i] = byte('0' + digit)
	}
	if carry > 0 {
		sum = append(strconv.AppendInt(nil, int64(carry), 10), sum...)
	}
	sum = bytes.TrimLeft(sum, "0")
	if negative {
		sum = append([]byte("-"), sum...)
	}
	return sum
}

func appendZeros(dst []byte, count int) []byte {
	for range count {
		dst = append(dst, '0')
	}
	return dst
}

// appendFraction writes digits with a decimal point before the last places of them.
func appendFraction(dst, digits []byte, places int) []byte {
	if places < len(digits) {
		dst = append(dst, digits[:len(digits)-places]...)
		dst = append(dst, '.')
		return append(dst, digits[len(digits)-places:]...)
	}
	dst = append(dst, "0."...)
	dst = appendZeros(dst, places-len(digits))
	return append(dst, digits...)
}
