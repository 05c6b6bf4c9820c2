package cloud

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"plumbline/internal/setting"
)

// secretTime is how long a function waits for its key before it does not start.
const secretTime = 8 * time.Second

// withDigestKey gives an environment that has the digest key: the function's own, or one
// with the text of the secret that it names.
func withDigestKey(ctx context.Context, loaded aws.Config, getenv func(string) string) (func(string) string, error) {
	name := getenv(setting.DigestKeySecret)
	if name == "" || getenv("PLUMBLINE_DIGEST_KEY") != "" {
		return getenv, nil
	}
	ctx, cancel := context.WithTimeout(ctx, secretTime)
	defer cancel()
	client := secretsmanager.NewFromConfig(loaded)
	secret, err := client.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &name})
	if err != nil {
		return nil, fmt.Errorf("%s: get the secret: %w", setting.DigestKeySecret, err)
	}
	if aws.ToString(secret.SecretString) == "" {
		return nil, fmt.Errorf("%s: the secret has no text", setting.DigestKeySecret)
	}
	return func(asked string) string {
		if asked == "PLUMBLINE_DIGEST_KEY" {
			return *secret.SecretString
		}
		return getenv(asked)
	}, nil
}
