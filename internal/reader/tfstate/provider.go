package tfstate

import (
	"fmt"
	"strings"
)

// Provider is the provider configuration of a resource.
type Provider struct {
	Module []ModuleStep
	// Source is `namespace/type` for the public registries, whose two hosts
	// (registry.terraform.io and registry.opentofu.org) are taken for one, so that a
	// migration is no drift; `host/namespace/type` for any other; `type` alone where
	// the namespace is not known, as in states before 0.13.
	Source string
	Alias  string
	// Key is OpenTofu's instance key of the configuration.
	Key Key
}

// String renders the configuration: `module.m.hashicorp/aws.west["eu"]`.
func (p Provider) String() string {
	var b strings.Builder
	if module := ModuleString(p.Module); module != "" {
		b.WriteString(module + ".")
	}
	b.WriteString(p.Source)
	if p.Alias != "" {
		b.WriteString("." + p.Alias)
	}
	b.WriteString(p.Key.String())
	return b.String()
}

// Type is the last part of the source, `aws`: what old and new forms have in common.
func (p Provider) Type() string { return p.Source[strings.LastIndexByte(p.Source, '/')+1:] }

// ParseProvider reads the forms that states hold:
//
//	[module path.]provider["host/namespace/type"][.alias][key]
//	[module path.]provider.type[.alias]       before 0.13
//	type[.alias]                              before 0.11
//
// The name of a source in quotes is `namespace/type`, with a host before it or not, or
// `type` alone. Errors never quote the text.
func ParseProvider(text string) (Provider, error) {
	s := scanner{text: text}
	var p Provider
	var err error
	if s.looking("module.") {
		if p.Module, err = s.modulePath(); err == nil {
			err = s.expect('.')
		}
	}
	if err == nil {
		err = s.provider(&p)
	}
	if err == nil && s.at < len(text) {
		err = fmt.Errorf("text after the provider")
	}
	if err != nil {
		return Provider{}, fmt.Errorf("parse provider at byte %d: %w", s.at, err)
	}
	return p, nil
}

func (s *scanner) provider(p *Provider) error {
	if s.looking(`provider["`) {
		s.at += len("provider[")
		source, err := s.quoted()
		if err != nil {
			return err
		}
		p.Source = normalSource(source)
		if err := s.expect(']'); err != nil {
			return err
		}
	} else {
		if s.looking("provider.") {
			s.at += len("provider.")
		}
		for s.looking(" ") { // early 0.12 wrote "provider. aws"
			s.at++
		}
		source, err := s.name()
		if err != nil {
			return err
		}
		p.Source = source
	}
	return s.providerAlias(p)
}

func (s *scanner) providerAlias(p *Provider) (err error) {
	if s.looking(".") {
		s.at++
		if p.Alias, err = s.name(); err != nil {
			return err
		}
	}
	p.Key, err = s.key()
	return err
}

// normalSource leaves out the host of the public registries, and takes the namespace "-"
// of a state that was upgraded from before 0.13 for hashicorp, which is where Terraform
// looks for a provider of which nothing but the type is known.
// Source: Terraform, ImpliedProviderForUnqualifiedType.
func normalSource(source string) string {
	for _, host := range []string{"registry.terraform.io/", "registry.opentofu.org/"} {
		if rest, found := strings.CutPrefix(source, host); found {
			if legacy, found := strings.CutPrefix(rest, "-/"); found {
				return "hashicorp/" + legacy
			}
			return rest
		}
	}
	return source
}

// impliedProvider is the configuration of a legacy resource that names none: the
// type's first word.
func impliedProvider(resourceType string) Provider {
	name, _, _ := strings.Cut(resourceType, "_")
	return Provider{Source: name}
}
