package tfstate

// providerFault says what makes an instance's provider invalid, as Terraform and OpenTofu
// would refuse the state: there is none, or the instances of one resource do not share
// theirs. Instances may differ in the key of OpenTofu's configurations alone.
//
// That they differ is known when the second one is met: the document is then passed over
// again, so that none of them is declared, in whatever order they stand.
func (p *pass) providerFault(r *resource, in *instance) string {
	if in.provider == "" {
		return "no provider"
	}
	config := p.configOf(in.provider)
	if config == "" {
		return "" // reported for itself
	}
	if r.config == "" {
		r.config = config
	}
	switch {
	case p.shape.mixed[r.index]:
		return "the instances of the resource have different providers"
	case config != r.config:
		if p.shape.mixed == nil {
			p.shape.mixed = map[int]bool{}
		}
		p.shape.mixed[r.index], p.again = true, true
	}
	return ""
}

// configOf is the provider configuration without its key, "" where the text is none.
func (p *pass) configOf(provider string) string {
	if known, ok := p.configs[provider]; ok {
		return known
	}
	config := ""
	if parsed, err := ParseProvider(provider); err == nil {
		parsed.Key = Key{}
		config = parsed.String()
	}
	return remember(p.configs, provider, config)
}
