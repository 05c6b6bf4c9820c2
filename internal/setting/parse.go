package setting

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// What the TableName of a call may be.
// Source: Amazon DynamoDB developer guide, "Naming rules"; an ARN has served as
// TableName since 2024.
var (
	tableName = regexp.MustCompile(`^[A-Za-z0-9_.-]{3,255}$`)
	tableARN  = regexp.MustCompile(`^arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:[0-9]{12}:table/[A-Za-z0-9_.-]{3,255}$`)
)

// units of sizes, in lower case.
var units = map[string]int64{
	"": 1, "b": 1,
	"kb": 1e3, "mb": 1e6, "gb": 1e9,
	"kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30,
}

// ParseSize reads a number of bytes: a whole number above 0, alone or with one of B,
// kB, MB, GB (of 1000) and KiB, MiB, GiB (of 1024) in either case.
func ParseSize(text string) (int64, error) {
	digits := strings.TrimRight(text, "BKMGIbkmgi ")
	unit := strings.ToLower(strings.TrimSpace(text[len(digits):]))
	n, err := strconv.ParseInt(digits, 10, 64)
	factor, ok := units[unit]
	switch {
	case err != nil || !ok || n <= 0:
		return 0, fmt.Errorf("%q is not a size; write 512MB, 64MiB or a number of bytes", text)
	case n > math.MaxInt64/factor:
		return 0, fmt.Errorf("%q is too big a size", text)
	}
	return n * factor, nil
}

// parseAddr reads host:port; port 0 means any that is free.
func parseAddr(text string) (string, error) {
	_, port, err := net.SplitHostPort(text)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return "", fmt.Errorf("%q is not host:port", text)
	}
	return text, nil
}

// checkURL takes absolute http and https urls without credentials, which would end
// up in logs. It never quotes the url.
func checkURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return errors.New("not an http or https url")
	case u.User != nil:
		return errors.New("the url may not hold credentials")
	}
	return nil
}

// encryptedOrLoopback judges a url that passed [checkURL].
func encryptedOrLoopback(text string) bool {
	u, err := url.Parse(text)
	if err != nil {
		return false
	}
	addr, err := netip.ParseAddr(u.Hostname())
	return u.Scheme == "https" || u.Hostname() == "localhost" || err == nil && addr.IsLoopback()
}
