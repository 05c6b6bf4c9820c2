package redact_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPairs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ raw, want string }{
		"an ECS or Kubernetes variable":        {`{"env":[{"name":"DB_PASSWORD","value":"x"},{"name":"HOST","value":"h"}]}`, `{"env":[{"name":"DB_PASSWORD","value":"S"},{"name":"HOST","value":"h"}]}`},
		"the value before the name":            {`{"env":[{"value":"x","name":"DB_PASSWORD"}]}`, `{"env":[{"name":"DB_PASSWORD","value":"S"}]}`},
		"tags, in capitals":                    {`{"tags":[{"Value":"x","Key":"api-token"},{"Key":"token-owner-id","Value":"y"}]}`, `{"tags":[{"Key":"api-token","Value":"S"},{"Key":"token-owner-id","Value":"y"}]}`},
		"CloudFormation's parameters":          {`{"p":[{"ParameterKey":"DBPassword","ParameterValue":"x"}]}`, `{"p":[{"ParameterKey":"DBPassword","ParameterValue":"S"}]}`},
		"a default value":                      {`{"v":{"name":"api_key","default_value":"x"},"w":{"name":"api_key","defaultValue":"x"},"x":{"name":"api_key","default":"x"}}`, `{"v":{"default_value":"S","name":"api_key"},"w":{"defaultValue":"S","name":"api_key"},"x":{"default":"S","name":"api_key"}}`},
		"a string value":                       {`{"v":{"Name":"secret","StringValue":"x"}}`, `{"v":{"Name":"secret","StringValue":"S"}}`},
		"the attributes themselves":            {`{"name":"/prod/db/password","type":"String","value":"x"}`, `{"name":"/prod/db/password","type":"String","value":"S"}`},
		"a dotted name, its last segment":      {`{"set":[{"name":"auth.password","value":"x"},{"name":"external-secrets.image.tag","value":"v1"},{"name":"secret.name","value":"n"}]}`, `{"set":[{"name":"auth.password","value":"S"},{"name":"external-secrets.image.tag","value":"v1"},{"name":"secret.name","value":"n"}]}`},
		"a member of a container":              {`{"set":[{"name":"secrets.stripe","value":"x"},{"name":"tokens.0","value":"y"},{"name":"secrets.enabled","value":"yes"}]}`, `{"set":[{"name":"secrets.stripe","value":"S"},{"name":"tokens.0","value":"S"},{"name":"secrets.enabled","value":"yes"}]}`},
		"a host that has such a word":          {`{"r":{"name":"token.example.com","value":"192.0.2.1"}}`, `{"r":{"name":"token.example.com","value":"192.0.2.1"}}`},
		"a header":                             {`{"h":{"name":"Authorization","value":"x"},"authorization":"AWS_IAM"}`, `{"authorization":"AWS_IAM","h":{"name":"Authorization","value":"S"}}`},
		"a setting with a namespace":           {`{"setting":[{"namespace":"aws:environment","resource":"","name":"DB_PASSWORD","value":"x"}]}`, `{"setting":[{"name":"DB_PASSWORD","namespace":"aws:environment","resource":"","value":"S"}]}`},
		"a value that is a tree":               {`{"v":{"name":"credentials","value":{"user":"u"}}}`, `{"v":{"name":"credentials","value":"S"}}`},
		"a tree before the name":               {`{"v":{"value":[{"value":"a","name":"b"}],"name":"credentials"}}`, `{"v":{"name":"credentials","value":"S"}}`},
		"a pair in the value of another":       {`{"v":{"value":[{"value":"a","name":"token"}],"default":1,"name":"b"}}`, `{"v":{"default":1,"name":"b","value":[{"name":"token","value":"S"}]}}`},
		"two names, of which one is":           {`{"v":{"key":"password","name":"n","value":"x"}}`, `{"v":{"key":"password","name":"n","value":"S"}}`},
		"names and values with escapes":        {`{"v":{"n\u0061me":"p\u0061ssword","v\u0061lue":"x"}}`, `{"v":{"name":"password","value":"S"}}`},
		"a reference instead of a value":       {`{"e":[{"name":"DB_PASSWORD","valueFrom":"/prod/db"},{"name":"DB_PASSWORD","value":"","value_from":[{"secret_key_ref":[{"name":"db","key":"password"}]}]}]}`, `{"e":[{"name":"DB_PASSWORD","valueFrom":"/prod/db"},{"name":"DB_PASSWORD","value":"","value_from":[{"secret_key_ref":[{"key":"password","name":"db"}]}]}]}`},
		"a value whose type is a reference":    {`{"e":[{"name":"TOKEN","type":"PARAMETER_STORE","value":"/prod/token"},{"name":"TOKEN","type":"PLAINTEXT","value":"x"}]}`, `{"e":[{"name":"TOKEN","type":"PARAMETER_STORE","value":"/prod/token"},{"name":"TOKEN","type":"PLAINTEXT","value":"S"}]}`},
		"what is plain":                        {`{"e":[{"name":"TOKEN","value":"true"},{"name":"TOKEN","value":12},{"name":"TOKEN","value":null}]}`, `{"e":[{"name":"TOKEN","value":"true"},{"name":"TOKEN","value":12},{"name":"TOKEN","value":null}]}`},
		"a name that is no text":               {`{"v":{"name":["password"],"value":"x"},"w":{"name":"","value":"y"}}`, `{"v":{"name":["password"],"value":"x"},"w":{"name":"","value":"y"}}`},
		"a name of another object":             {`{"v":{"name":"password","inner":{"value":"x"}}}`, `{"v":{"inner":{"value":"x"},"name":"password"}}`},
		"a dynamic value, which has no name":   {`{"v":{"type":"string","value":"x"}}`, `{"v":{"type":"string","value":"x"}}`},
		"a parameter about passwords":          {`{"parameter":[{"apply_method":"immediate","name":"password_encryption","value":"scram-sha-256"}]}`, `{"parameter":[{"apply_method":"immediate","name":"password_encryption","value":"scram-sha-256"}]}`},
		"a data source's filter":               {`{"filter":[{"name":"tag:Name","values":["a"]}]}`, `{"filter":[{"name":"tag:Name","values":["a"]}]}`},
		"a requirement of a Kubernetes object": {`{"t":[{"key":"node-role","operator":"Equal","value":"infra"}]}`, `{"t":[{"key":"node-role","operator":"Equal","value":"infra"}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, redacted(t, "t", c.raw)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAPairsSecretIsKnownElsewhere(t *testing.T) {
	t.Parallel()
	for _, learn := range []string{
		`{"e":[{"name":"DB_PASSWORD","value":"correct horse"}]}`,
		`{"e":[{"value":"correct horse","name":"db.password"}]}`,
		`{"e":[{"name":"credentials","value":{"x":["correct horse"]}}]}`,
	} {
		if diff := cmp.Diff(`{"x":"S"}`, redacted(t, "t", `{"x":"-correct horse-"}`, learn)); diff != "" {
			t.Errorf("%s: %s", learn, diff)
		}
	}
}

func TestReferencesAreNoSecrets(t *testing.T) {
	t.Parallel()
	const arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf"
	for name, c := range map[string]struct{ raw, learn, want string }{
		"an ARN":                           {`{"DB_SECRET":"` + arn + `"}`, `{}`, `{"DB_SECRET":"` + arn + `"}`},
		"a reference of CloudFormation":    {`{"password":"{{resolve:ssm-secure:p:1}}"}`, `{}`, `{"password":"{{resolve:ssm-secure:p:1}}"}`},
		"a reference of Key Vault":         {`{"password":"@Microsoft.KeyVault(SecretUri=https://v)"}`, `{}`, `{"password":"@Microsoft.KeyVault(SecretUri=https://v)"}`},
		"a list of an ECS container":       {`{"secrets":[{"name":"DB_PASSWORD","valueFrom":"/prod/db"}]}`, `{}`, `{"secrets":[{"name":"DB_PASSWORD","valueFrom":"/prod/db"}]}`},
		"an object of ARNs":                {`{"repositoryCredentials":{"credentialsParameter":"` + arn + `"}}`, `{}`, `{"repositoryCredentials":{"credentialsParameter":"` + arn + `"}}`},
		"more than a reference":            {`{"password":"` + arn + ` x","token":"{{resolve:a}}x{{resolve:b}}","secret":"arn:x"}`, `{}`, `{"password":"S","secret":"S","token":"S"}`},
		"a reference beside a value":       {`{"secrets":[{"name":"a","valueFrom":"/a"},{"name":"b","value":"x"}]}`, `{}`, `{"secrets":"S"}`},
		"names alone refer to nothing":     {`{"credentials":{"name":"x"}}`, `{}`, `{"credentials":"S"}`},
		"our own mark is no reference":     {`{"secrets":[{"valueFrom":"/a","$sensitive":true}]}`, `{}`, `{"secrets":"S"}`},
		"a reference with a known secret":  {`{"DB_SECRET":"` + arn + `"}`, `{"password":"secret:db-AbCdEf"}`, `{"DB_SECRET":"S"}`},
		"what refers is not learnt either": {`{"arn":"` + arn + `"}`, `{"DB_SECRET":"` + arn + `","e":{"name":"TOKEN","value":"` + arn + `"}}`, `{"arn":"` + arn + `"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, redacted(t, "t", c.raw, c.learn)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
