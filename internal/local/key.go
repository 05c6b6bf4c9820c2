package local

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"plumbline/internal/auth"
	"plumbline/internal/catalog"
	"plumbline/internal/local/sample"
	"plumbline/internal/setting"
)

// issuer is a name and no url: tokens outlive a change of PLUMBLINE_ADDR.
const issuer = "plumbline-local"

// tokenTime is how long tokens are good for.
const tokenTime = 30 * 24 * time.Hour

const (
	tokenFile  = "token"
	digestFile = "digest-key"
)

// Token issues a token as the stack on that data folder takes it, running or not. A
// folder where none has run has no key that a stack would take.
func Token(settings setting.Settings, organisation string, permissions []auth.Permission) (string, error) {
	if err := catalog.CheckOrganisationName(organisation); err != nil {
		return "", fmt.Errorf("organisation %q %w", organisation, err)
	}
	signer, err := auth.OpenSigner(settings.Data, issuer, settings.Audience[0])
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("no stack has run in %s: start one by `plumbline run` or `make run`, or name the folder of yours in PLUMBLINE_DATA", settings.Data)
	}
	if err != nil {
		return "", err
	}
	return signer.Issue(organisation, "local", permissions, tokenTime)
}

func newSigner(settings setting.Settings) (*auth.Signer, error) {
	if err := newFolder(settings); err != nil {
		return nil, err
	}
	return auth.NewSigner(settings.Data, issuer, settings.Audience[0])
}

// writeToken issues the user's own token and keeps it where the README says.
func writeToken(settings setting.Settings, signer *auth.Signer) (string, error) {
	token, err := signer.Issue(sample.Organisation, "local", auth.Permissions(), tokenTime)
	if err != nil {
		return "", err
	}
	return token, os.WriteFile(filepath.Join(settings.Data, tokenFile), []byte(token+"\n"), 0o600)
}

// digestKey is the key that is set, else that of the folder, which the first start
// makes. A folder that was used has one: with another, every secret would count as
// changed.
func digestKey(settings setting.Settings) (setting.Secret, error) {
	if settings.DigestKey != "" {
		return settings.DigestKey, nil
	}
	path := filepath.Join(settings.Data, digestFile)
	text, err := os.ReadFile(path)
	switch {
	case err == nil && len(text) == 0, errors.Is(err, fs.ErrNotExist) && has(settings.Data, jobsFile) && used(settings.Data):
		return "", fmt.Errorf("PLUMBLINE_DATA: %s is missing or empty, but %s holds data of a stack: put it back from a copy, or set PLUMBLINE_DIGEST_KEY",
			path, settings.Data)
	case !errors.Is(err, fs.ErrNotExist):
		return setting.Secret(text), err
	}
	var key [32]byte
	_, _ = rand.Read(key[:]) // never fails
	made := "local:" + base64.StdEncoding.EncodeToString(key[:])
	return setting.Secret(made), createFile(path, made)
}

// createFile writes a new file whole or not at all.
func createFile(path, text string) error {
	fresh := path + ".new"
	file, err := os.OpenFile(fresh, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(fresh, path)
}
