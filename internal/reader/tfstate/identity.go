package tfstate

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"plumbline/internal/catalog"
	"plumbline/internal/reader/redact"
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
func (d *declarer) cloudIdentity(in *instance, provider Provider) string {
	for _, prefix := range notInTheCloud {
		if strings.HasPrefix(in.address.Type, prefix) {
			return ""
		}
	}
	arn, id := d.textOf("arn"), d.textOf("id")
	account := d.textOf("account_id", "owner_id", "project", "subscription_id")
	region := d.textOf("region", "location")
	prefix := provider.Type() + " " + in.address.Type + " "
	identity := d.resourceIdentity(in)
	switch {
	case len(identity) > len("{}"):
		return prefix + string(identity)
	case strings.HasPrefix(arn, "arn:") && !borrowedARN[in.address.Type]:
		return arn
	case id == "":
		return ""
	}
	object := appendText([]byte("{"), "account", account)
	object = appendText(object, "id", id)
	object = appendText(object, "region", region)
	return prefix + string(append(object, '}'))
}

// textOf gives the first of the attributes that is a text; one that was redacted is
// none. The attributes are those that were redacted last.
func (d *declarer) textOf(names ...string) string {
	for _, name := range names {
		if text, ok := catalog.Text(d.redactor.Member(name)); ok && text != "" {
			return text
		}
	}
	return ""
}

// resourceIdentity is Terraform's own identity of the instance, canonical; empty where
// there is none or it holds a secret.
func (d *declarer) resourceIdentity(in *instance) catalog.Value {
	if len(in.identity) == 0 {
		return nil
	}
	v, redacted, err := d.redactor.Append(nil, redact.Object{Entity: d.current.id, Raw: in.identity})
	if redacted || err != nil {
		return nil
	}
	return v
}

func appendText(object []byte, name, text string) []byte {
	if text == "" {
		return object
	}
	quoted, _ := jsontext.AppendQuote(nil, text)
	return appendMember(object, name, quoted)
}
