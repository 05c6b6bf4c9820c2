// Package setting reads the configuration of every main from the environment, as
// typed values.
//
// Its one invariant: a main starts with settings that are all right, or with one
// error that tells every mistake at once; neither an error nor a log holds the value
// of a secret.
//
// Start at [Load]; table.go has every setting with its meaning and default, from which
// the README's table and --help are printed (print.go).
package setting

import (
	"log/slog"

	"plumbline/internal/place"
)

// Settings are the values. Those that a main's [Group] does not read hold their
// defaults.
type Settings struct {
	Table    string // DynamoDB table
	Bucket   string // our own bucket
	Prefixes place.Prefixes
	// DigestKey is the text of the digest keys, "" where none is required or given.
	DigestKey Secret
	// CursorKey is the text of the key that signs cursors, "" for one made of DigestKey.
	CursorKey Secret

	Issuer, JWKSURL string
	Audience        []string // at least one

	MaxDocument int64 // bytes
	// OpenOutputs are patterns for the outputs of other states that are no secrets.
	OpenOutputs []string
	LogLevel    slog.Level
	// DynamoDBEndpoint is "" for AWS's own.
	DynamoDBEndpoint string
	// QueueURL is of the SQS queue of jobs.
	QueueURL string

	Addr, S3Addr string // host:port
	Data         string // folder
	Sample       bool
	// Hosts are the names, in lower case, by which the local stack may be called
	// beside the loopback ones; Origins are of the web pages that may call it.
	Hosts, Origins []string
}

// Group says which mains read a setting; a set of them is a sum.
type Group uint8

const (
	API   Group = 1 << iota // functions that answer HTTP
	Scan                    // functions that scan: uploads, schedule
	Local                   // the whole stack in one process
	Read                    // functions that read documents, whichever of the two
	Token                   // the function that judges tokens before the others are called
)

// Check judges the text of a setting beyond this package's own rules, and may keep
// what it parsed. Its error never quotes a secret.
type Check func(text string) error

// Load reads the settings of the groups. Checks are by the name of a setting and run
// when that is given. The error is a [*Error].
func Load(getenv func(name string) string, groups Group, checks map[string]Check) (Settings, error) {
	var loaded Settings
	var wrong Error
	for _, row := range rows {
		text := getenv(row.Name)
		given := text != "" && row.Groups&groups != 0
		if !given && row.Required&groups != 0 {
			wrong.add(row.Setting, "is required: "+row.Meaning)
			continue
		}
		if !given {
			text = row.Default
		}
		err := row.parse(&loaded, text)
		if check := checks[row.Name]; err == nil && check != nil && given {
			err = check(text)
		}
		if err != nil {
			wrong.add(row.Setting, err.Error())
		}
	}
	if len(wrong.Mistakes) > 0 {
		return Settings{}, &wrong
	}
	return loaded, nil
}

// Secret is a text that is never printed or logged.
type Secret string

// Reveal gives the text itself.
func (s Secret) Reveal() string { return string(s) }

// String, GoString, MarshalText and LogValue hide the text.
func (s Secret) String() string               { return "[secret]" }
func (s Secret) GoString() string             { return "[secret]" }
func (s Secret) MarshalText() ([]byte, error) { return []byte("[secret]"), nil }
func (s Secret) LogValue() slog.Value         { return slog.StringValue("[secret]") }
