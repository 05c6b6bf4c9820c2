// The function authorizer judges tokens for API Gateway, before it calls any other.
package main

import (
	"context"
	"log/slog"
	"os"

	"plumbline/functions/internal/start"
	"plumbline/internal/auth"
	"plumbline/internal/lambdarun/authorize"
	"plumbline/internal/setting"
)

func main() {
	os.Exit(start.Run(func(_ context.Context, log *slog.Logger) (any, slog.Level, error) {
		settings, err := setting.Load(os.Getenv, setting.Token, nil)
		if err != nil {
			return nil, 0, err
		}
		verifier, err := auth.NewVerifier(auth.Config{Issuer: settings.Issuer, Audience: settings.Audience,
			Keys: auth.FromURL(settings.JWKSURL, nil)})
		if err != nil {
			return nil, 0, err
		}
		return (&authorize.Authorizer{Verify: verifier.Verify, Log: log}).Handle, settings.LogLevel, nil
	}))
}
