package service_test

import (
	"log/slog"
	"testing"
	"time"

	"plumbline/internal/place"
	"plumbline/internal/service"
	"plumbline/internal/service/readers"
	"plumbline/internal/setting"
)

func TestSettingsThatCannotBeAreRefusedByName(t *testing.T) {
	t.Parallel()
	good := setting.Settings{Bucket: "own", DigestKey: "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", Prefixes: prefixes(t, `{"acme":["s3://own/acme","s3://other"]}`)}
	for name, c := range map[string]struct {
		change func(*setting.Settings)
		want   string
	}{
		"settings as they should be": {func(*setting.Settings) {}, ""},
		"no digest key": {func(s *setting.Settings) { s.DigestKey = "" },
			"PLUMBLINE_DIGEST_KEY: digest key 1: the key has less than 16 bytes"},
		"an organisation that may read the whole of our bucket": {func(s *setting.Settings) { s.Prefixes = prefixes(t, `{"acme":["s3://own"]}`) },
			"PLUMBLINE_SOURCE_PREFIXES: acme may not read s3://own/_plumbline/, where Plumbline keeps its own objects"},
		"an organisation that may read our own objects": {func(s *setting.Settings) { s.Prefixes = prefixes(t, `{"acme":["s3://own/_plumbline"]}`) },
			"PLUMBLINE_SOURCE_PREFIXES: acme may not read s3://own/_plumbline/, where Plumbline keeps its own objects"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settings := good
			c.change(&settings)
			ports := service.Ports{Readers: readers.All(), Now: time.Now, Log: slog.New(slog.DiscardHandler)}
			made, err := service.New(ports, settings)
			switch {
			case c.want == "" && (err != nil || len(made.Groups()) < 2):
				t.Errorf("error %v", err)
			case c.want != "" && (err == nil || err.Error() != c.want):
				t.Errorf("error %v, want %s", err, c.want)
			}
		})
	}
}

func prefixes(t *testing.T, text string) place.Prefixes {
	t.Helper()
	p, err := place.ParsePrefixes(text, "own")
	if err != nil {
		t.Fatal(err)
	}
	return p
}
