package start

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
)

// Environment is the SDK's configuration as Lambda gives it, by variables. The SDK's own
// way to load it links the clients of every other source of credentials, which a template
// engine then keeps whole: 0.2 MB of a zip, for nothing that a function has.
func Environment() (aws.Config, error) {
	env, err := config.NewEnvConfig()
	if err != nil {
		return aws.Config{}, err
	}
	loaded := aws.Config{
		Region:                     env.Region,
		Credentials:                aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return env.Credentials, nil }),
		RetryMode:                  env.RetryMode,
		RetryMaxAttempts:           env.RetryMaxAttempts,
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenSupported,
		ConfigSources:              []any{env},
	}
	if env.BaseEndpoint != "" {
		loaded.BaseEndpoint = &env.BaseEndpoint
	}
	return loaded, nil
}
