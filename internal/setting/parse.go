package setting

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
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

// parseHosts reads names of hosts, without ports, as lower case.
func parseHosts(text string) ([]string, error) {
	hosts := fields(strings.ToLower(text))
	for _, host := range hosts {
		if strings.ContainsAny(host, "/*?@") || strings.Count(host, ":") == 1 {
			return nil, fmt.Errorf("%q is not the name of a host without its port", host)
		}
	}
	return hosts, nil
}

// parseOrigins reads origins of web pages: scheme://host, with the port where it is not
// the scheme's own. None stands for all.
func parseOrigins(text string) ([]string, error) {
	origins := fields(text)
	for _, origin := range origins {
		u, err := url.Parse(origin)
		if err != nil || u.Host == "" || u.User != nil || u.Scheme+"://"+u.Host != origin {
			return nil, fmt.Errorf("%q is not an origin as http://localhost:5173 is", origin)
		}
	}
	return origins, nil
}

// fields cuts a list at commas and blanks; nil for none.
func fields(text string) []string {
	if strings.Trim(text, ", ") == "" {
		return nil
	}
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
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

// isTable reports whether the text can be the TableName of a call: the name of a
// table, or its ARN.
// Source: Amazon DynamoDB developer guide, "Naming rules"; arn:<partition>:dynamodb:
// <region>:<account>:table/<name>.
func isTable(text string) bool {
	if parts := strings.Split(text, ":"); len(parts) == 6 {
		name, found := strings.CutPrefix(parts[5], "table/")
		return found && parts[0] == "arn" && strings.HasPrefix(parts[1], "aws") && parts[2] == "dynamodb" && parts[3] != "" &&
			len(parts[4]) == 12 && strings.Trim(parts[4], "0123456789") == "" && isTableName(name)
	}
	return isTableName(text)
}

func isTableName(text string) bool {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"
	return len(text) >= 3 && len(text) <= 255 && strings.Trim(text, alphabet) == ""
}
