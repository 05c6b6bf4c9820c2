package tfstate_test

import (
	"testing"

	"plumbline/internal/reader/tfstate"
)

func TestAProviderIsTheSameInEveryFormOfItsAddress(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`provider["registry.terraform.io/hashicorp/aws"]`:         "hashicorp/aws",
		`provider["registry.terraform.io/-/aws"]`:                 "hashicorp/aws",
		`provider["registry.opentofu.org/hashicorp/aws"]`:         "hashicorp/aws",
		`module.m.provider["registry.terraform.io/-/aws"].west`:   "module.m.hashicorp/aws.west",
		`provider["registry.terraform.io/cloudflare/cloudflare"]`: "cloudflare/cloudflare",
		`provider["registry.example.com/-/aws"]`:                  "registry.example.com/-/aws",
		`provider.aws`:                                            "aws",
	} {
		got, err := tfstate.ParseProvider(text)
		if err != nil || got.String() != want {
			t.Errorf("%s: %s, %v, want %s", text, got, err, want)
		}
	}
}
