package httpapi

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
)

func TestCursorsAreBoundToTheirList(t *testing.T) {
	t.Parallel()
	at := func(org, project string) ProjectPath { return ProjectPath{Organisation: org, Project: project} }
	cursors := NewCursors([][]byte{[]byte("first key")})
	one := cursors.list(at("acme", "shop"), "list-scans", "id", "")
	sealed := one.seal("a\x00b")
	if cursor, err := one.open(sealed); err != nil || cursor != "a\x00b" {
		t.Errorf("opened: %q, %v", cursor, err)
	}
	if cursor, err := one.open(""); err != nil || cursor != "" {
		t.Errorf("no cursor: %q, %v", cursor, err)
	}
	for name, l := range map[string]list{
		"another source":       cursors.list(at("acme", "shop"), "list-scans", "other", ""),
		"another filter":       cursors.list(at("acme", "shop"), "list-scans", "id", "x"),
		"one filter less":      cursors.list(at("acme", "shop"), "list-scans", "id"),
		"parts run on":         cursors.list(at("acmeshop", ""), "list-scans", "id", ""),
		"parts with a NUL":     cursors.list(at("acme", "shop\x00id"), "list-scans", "", ""),
		"another organisation": cursors.list(at("globex", "shop"), "list-scans", "id", ""),
		"another list":         cursors.list(at("acme", "shop"), "list-changes", "id", ""),
		"another key":          NewCursors([][]byte{[]byte("other key")}).list(at("acme", "shop"), "list-scans", "id", ""),
	} {
		if _, err := l.open(sealed); err != errCursor {
			t.Errorf("%s: %v, want %v", name, err, errCursor)
		}
	}
	for _, broken := range []string{"x", "!", sealed[:len(sealed)-2], sealed + "AA", sealed + "=", " " + sealed} {
		if _, err := one.open(broken); err != errCursor {
			t.Errorf("%q: %v, want %v", broken, err, errCursor)
		}
	}
}

// TestCursorsCannotBeMade makes what a caller can who knows how everything is done, but
// not the key.
func TestCursorsCannotBeMade(t *testing.T) {
	t.Parallel()
	names := []string{"list-scans", "acme", "shop", "id"}
	l := NewCursors([][]byte{[]byte("key")}).list(ProjectPath{Organisation: "acme", Project: "shop"}, "list-scans", "id")
	for _, cursor := range []string{"x", strings.Repeat("x", 3000)} {
		plain := sha256.Sum256([]byte(strings.Join(names, "\x00") + "\x00\x00" + cursor))
		for _, length := range []int{8, sumBytes} {
			forged := base64.RawURLEncoding.EncodeToString(append(plain[:length:length], cursor...))
			if _, err := l.open(forged); err != errCursor {
				t.Errorf("a digest without the key opens: %v", err)
			}
		}
	}
}

func TestCursorsOutliveARotationOfKeys(t *testing.T) {
	t.Parallel()
	at := ProjectPath{Organisation: "acme", Project: "shop"}
	before, after := NewCursors([][]byte{[]byte("old")}).list(at, "l"), NewCursors([][]byte{[]byte("new"), []byte("old")}).list(at, "l")
	if cursor, err := after.open(before.seal("a")); err != nil || cursor != "a" {
		t.Errorf("sealed before the rotation: %q, %v", cursor, err)
	}
	if _, err := before.open(after.seal("a")); err != errCursor {
		t.Errorf("sealed with the new key, opened with the old: %v", err)
	}
}
