package tfstate

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"plumbline/internal/catalog"
)

// notInTheCloud are the prefixes of types that exist in their state alone.
var notInTheCloud = []string{"null_", "random_", "time_", "tls_", "terraform_"}

// borrowedARN are types whose "arn" is that of the object they belong to.
var borrowedARN = nameSet(`aws_secretsmanager_secret_version aws_secretsmanager_secret_policy aws_secretsmanager_secret_rotation
	aws_ecs_tag aws_lambda_provisioned_concurrency_config aws_iam_instance_profile_attachment`)

// cloudIdentity names the object behind a managed instance, the same in every state
// that declares it, "" where none can be derived. In this order:
//
//	Terraform's resource identity:  aws aws_instance {"account_id":"..","id":".."}
//	the ARN:                        arn:aws:ec2:eu-west-1:123:instance/i-1
//	type, id, account, region:      aws aws_instance {"account":"..","id":"..","region":".."}
//
// It is built from the redacted attributes, and never from a part that was redacted.
func cloudIdentity(provider Provider, resourceType string, identity, attributes catalog.Value) string {
	for _, prefix := range notInTheCloud {
		if strings.HasPrefix(resourceType, prefix) {
			return ""
		}
	}
	prefix := provider.Type() + " " + resourceType + " "
	if len(identity) > len("{}") && !catalog.HasSecret(identity) {
		return prefix + string(identity)
	}
	parts := identifying(attributes)
	switch {
	case parts.arn != "" && !borrowedARN[resourceType]:
		return parts.arn
	case parts.id == "":
		return ""
	}
	object := appendText([]byte("{"), "account", parts.account)
	object = appendText(object, "id", parts.id)
	object = appendText(object, "region", parts.region)
	return prefix + string(append(object, '}'))
}

type identityParts struct{ arn, id, account, region string }

// identifying picks the attributes that identify an object. The object is canonical,
// so of several names for an account or a region the last one wins, always the same.
func identifying(attributes catalog.Value) identityParts {
	var p identityParts
	for name, span := range catalog.Members(attributes) {
		var to *string
		switch name {
		case "arn":
			to = &p.arn
		case "id":
			to = &p.id
		case "account_id", "owner_id", "project", "subscription_id":
			to = &p.account
		case "region", "location":
			to = &p.region
		default:
			continue
		}
		if text, ok := catalog.Text(span.Of(attributes)); ok && text != "" {
			*to = text
		}
	}
	if !strings.HasPrefix(p.arn, "arn:") {
		p.arn = ""
	}
	return p
}

func appendText(object []byte, name, text string) []byte {
	if text == "" {
		return object
	}
	quoted, _ := jsontext.AppendQuote(nil, text)
	return appendMember(object, name, quoted)
}
