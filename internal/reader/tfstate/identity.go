package tfstate

import (
	"cmp"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"plumbline/internal/catalog"
	"plumbline/internal/reader/redact"
)

// cloudIdentity names the object behind a managed instance in every form that the state
// has: Terraform's resource identity, the ARN, and the id with account and region. Zero
// where there is none. It is built from the redacted attributes, and never from a part
// that was redacted.
func (d *declarer) cloudIdentity(in *instance, provider Provider) catalog.Identity {
	for _, prefix := range notInTheCloud {
		if strings.HasPrefix(in.address.Type, prefix) {
			return catalog.Identity{}
		}
	}
	kind := provider.Type() + " " + in.address.Type
	if servers[provider.Type()] {
		return d.inServer(kind)
	}
	i := catalog.Identity{Kind: kind, ID: cmp.Or(d.textOf("id"), d.numberOf("id"))}
	i.Account, i.Region = d.textOf(accountNames...), regionName(d.textOf(regionNames...))
	arn := d.textOf("arn")
	resource := d.resourceIdentity(in) // the attributes are out of reach from here
	i.ID, arn = cmp.Or(i.ID, memberOf(resource, "id")), cmp.Or(arn, memberOf(resource, "arn"))
	if strings.HasPrefix(arn, "arn:") && !borrowedARN[in.address.Type] {
		i.ARN = arn
		if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 {
			i.Region, i.Account = cmp.Or(i.Region, parts[3]), cmp.Or(i.Account, parts[4])
		}
	}
	if len(resource) > len("{}") {
		i.Resource = string(resource)
		i.Account = cmp.Or(i.Account, memberOf(resource, accountNames...))
		i.Region = cmp.Or(i.Region, regionName(memberOf(resource, regionNames...)))
	}
	if strings.HasPrefix(provider.Type(), "az") {
		i.Resource = strings.ToLower(i.Resource)
	}
	if isARMID(i.ID) {
		i.ID, i.Account, i.Region = strings.ToLower(i.ID), "", ""
	}
	if givenNames[in.address.Type] && i.Account == "" {
		i.ID = ""
	}
	if i.ID == "" && i.ARN == "" && i.Resource == "" {
		return catalog.Identity{}
	}
	return i
}

// isARMID knows the ids of Azure's Resource Manager, which say the subscription and do
// not differ by case. Source: Azure Resource Manager, resource ids.
func isARMID(id string) bool {
	lower := strings.ToLower(id[:min(len(id), len("/subscriptions/"))])
	return lower == "/subscriptions/" || strings.HasPrefix(lower, "/providers/mic")
}

// regionName is one spelling of a region: "West Europe" is "westeurope", and of a link
// its last part.
func regionName(region string) string {
	region = region[strings.LastIndexByte(region, '/')+1:]
	return strings.ToLower(strings.ReplaceAll(region, " ", ""))
}

// memberOf gives the first of the members of an object that is a text.
func memberOf(object catalog.Value, names ...string) string {
	found := map[string]string{}
	for name, span := range catalog.Members(object) {
		if text, ok := catalog.Text(span.Of(object)); ok {
			found[name] = text
		}
	}
	for _, name := range names {
		if text := found[name]; text != "" {
			return text
		}
	}
	return ""
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

// numberOf is an attribute that is a number, as it is written.
func (d *declarer) numberOf(name string) string {
	v := d.redactor.Member(name)
	if v.Kind() != '0' {
		return ""
	}
	return string(v)
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
