package catalog

import "strings"

// Identity names the cloud object behind an entity in every form that its source knows
// of; zero where there is none. States written by different versions of a provider know
// different ones, so two entities may be the same object by any of them: see [Same].
type Identity struct {
	// Kind is the provider's and the resource's type, "aws aws_instance".
	Kind string
	// Resource is Terraform's resource identity, a canonical JSON object.
	Resource string
	ARN      string
	// ID is the object's id, unique among those of its kind in an account and region,
	// which are "" where the source does not say them.
	ID, Account, Region string
	// Given is the one form that an earlier version recorded.
	Given string
}

// String is the strongest form, with all that is known, "" for none:
//
//	aws aws_instance {"account_id":"1","id":"i-1"}               Terraform's identity
//	arn:aws:ec2:eu-west-1:1:instance/i-1
//	aws aws_instance {"account":"1","id":"i-1","region":"eu"}    by id
func (i Identity) String() string {
	switch {
	case i.Given != "":
		return i.Given
	case i.Resource != "":
		return i.Kind + " " + i.Resource
	case i.ARN != "":
		return i.ARN
	case i.ID == "":
		return ""
	}
	var parts []string
	for _, part := range [][2]string{{"account", i.Account}, {"id", i.ID}, {"region", i.Region}} {
		if part[1] != "" {
			parts = append(parts, `"`+part[0]+`":`+string(String(part[1])))
		}
	}
	return i.Kind + " {" + strings.Join(parts, ",") + "}"
}

// Form is one of the forms of an identity.
type Form struct {
	// Rank orders forms, the strongest first: Terraform's identity, the ARN, the id, what
	// an earlier version recorded.
	Rank int
	// Text is the same for the same object; that of an id leaves account and region to
	// [Same].
	Text string
}

// Forms are those that the object is known by, the strongest first.
func (i Identity) Forms() []Form {
	var forms []Form
	for rank, text := range []string{i.resource(), i.ARN, i.byID(), i.Given} {
		if text != "" {
			forms = append(forms, Form{rank, text})
		}
	}
	return forms
}

func (i Identity) resource() string {
	if i.Resource == "" {
		return ""
	}
	return i.Kind + " " + i.Resource
}

func (i Identity) byID() string {
	if i.ID == "" {
		return ""
	}
	return i.Kind + ` {"id":` + string(String(i.ID)) + "}"
}

// Same reports whether two identities that share a form may be of one object: they share
// a strong form, or nothing that both know tells them apart.
//
//	a              b              same
//	-------------  -------------  ----
//	ARN x          ARN x          yes, whatever else
//	ARN x, id i    ARN y, id i    no
//	ARN x, id i    id i           yes
//	id i, region r id i, region s no
//	id i, region r id i           yes
func Same(a, b Identity) bool {
	const unequal, unknown, equal = -1, 0, 1
	compare := func(a, b string) int {
		switch {
		case a == "" || b == "":
			return unknown
		case a == b:
			return equal
		}
		return unequal
	}
	arn, resource := compare(a.ARN, b.ARN), compare(a.Resource, b.Resource)
	if arn == equal || resource == equal {
		return true
	}
	return arn != unequal && resource != unequal &&
		compare(a.Account, b.Account) != unequal && compare(a.Region, b.Region) != unequal
}
