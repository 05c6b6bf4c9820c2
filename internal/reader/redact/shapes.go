package redact

// A shape is a token that is secret wherever it stands, known by how it begins. The
// fields are those of the rules that scanners of secrets keep (keyword, charset,
// length): of those, the ones that say nothing of the text around a token fit here.
// Sources: the documentation of each issuer; gitleaks' rules v8.30.1, whose module
// was not taken: it brings 12 MB of modules for a table, compiles its patterns for 8 ms
// at each start, and takes client ids and the ids of access keys for secrets.
type shape struct {
	begins string
	of     *charset
	least  int // characters after the beginning
	// exact: there are just so many.
	exact bool
	// after: the beginning itself is no part of the secret.
	after bool
	// anywhere: a letter may stand before it.
	anywhere bool
	// isID: it is an id, which is no secret where it is called one, nor hunted for.
	isID bool
	// digit: one of the characters is a digit, or it is a word.
	digit bool
}

// charset is what a token is made of.
type charset [256]bool

func charsetOf(ranges string) *charset {
	set := new(charset)
	for i := 0; i+1 < len(ranges); i += 2 {
		for c := int(ranges[i]); c <= int(ranges[i+1]); c++ {
			set[c] = true
		}
	}
	return set
}

var (
	letters   = charsetOf("azAZ09")
	words     = charsetOf("azAZ09__")
	dashed    = charsetOf("azAZ09__--")
	dotted    = charsetOf("azAZ09__--..")
	base64s   = charsetOf("azAZ09++//==")
	percented = charsetOf("azAZ09++//==%%__--")
	bearers   = charsetOf("azAZ09__--..++//==~~")
	hexes     = charsetOf("09afAF")
	base32s   = charsetOf("AZ27")
	pathChars = charsetOf("azAZ09__--//")
)

var shapes = []shape{
	// GitHub, GitLab
	{begins: "ghp_", of: letters, least: 36}, {begins: "gho_", of: letters, least: 36}, {begins: "ghu_", of: letters, least: 36},
	{begins: "ghs_", of: letters, least: 36}, {begins: "ghr_", of: letters, least: 36}, {begins: "github_pat_", of: words, least: 22},
	{begins: "glpat-", of: dotted, least: 20}, {begins: "gldt-", of: dashed, least: 20}, {begins: "glrt-", of: dotted, least: 20},
	{begins: "glcbt-", of: dashed, least: 20}, {begins: "glptt-", of: hexes, least: 40}, {begins: "gloas-", of: dashed, least: 40},
	{begins: "glsoat-", of: dashed, least: 20}, {begins: "glagent-", of: dashed, least: 40}, {begins: "glimt-", of: dashed, least: 20},
	{begins: "glft-", of: dashed, least: 20}, {begins: "glffct-", of: dashed, least: 20}, {begins: "GR1348941", of: dashed, least: 20},
	// AWS
	{begins: "AKIA", of: base32s, least: 16, exact: true, isID: true}, {begins: "ASIA", of: base32s, least: 16, exact: true, isID: true},
	{begins: "ABSK", of: base64s, least: 100}, {begins: "IQoJb3JpZ2lu", of: base64s, least: 80}, {begins: "FwoGZXIvYXdz", of: base64s, least: 80},
	{begins: "X-Amz-Signature=", of: hexes, least: 64, after: true}, {begins: "X-Amz-Security-Token=", of: percented, least: 40, after: true},
	// Google
	{begins: "AIza", of: dashed, least: 35, exact: true}, {begins: "GOCSPX-", of: dashed, least: 28}, {begins: "ya29.", of: dashed, least: 20},
	{begins: "X-Goog-Signature=", of: hexes, least: 64, after: true},
	// Azure
	{begins: "AccountKey=", of: base64s, least: 40, after: true}, {begins: "SharedAccessKey=", of: base64s, least: 40, after: true},
	{begins: "sig=", of: percented, least: 40, after: true},
	// Slack, Discord, Teams
	{begins: "xoxb-", of: dashed, least: 10}, {begins: "xoxp-", of: dashed, least: 10}, {begins: "xoxa-", of: dashed, least: 10},
	{begins: "xoxr-", of: dashed, least: 10}, {begins: "xoxs-", of: dashed, least: 10}, {begins: "xoxe.", of: dotted, least: 10},
	{begins: "xoxe-", of: dashed, least: 10}, {begins: "xoxo-", of: dashed, least: 10}, {begins: "xapp-", of: dashed, least: 10},
	{begins: "hooks.slack.com/services/", of: pathChars, least: 20, after: true}, {begins: "hooks.slack.com/workflows/", of: pathChars, least: 20, after: true},
	{begins: "discord.com/api/webhooks/", of: pathChars, least: 20, after: true}, {begins: "discordapp.com/api/webhooks/", of: pathChars, least: 20, after: true},
	{begins: ".webhook.office.com/webhookb2/", of: bearers, least: 20, after: true, anywhere: true},
	// Stripe, and others that sell
	{begins: "sk_live_", of: words, least: 10}, {begins: "sk_test_", of: words, least: 10}, {begins: "rk_live_", of: words, least: 10},
	{begins: "rk_test_", of: words, least: 10}, {begins: "whsec_", of: base64s, least: 20}, {begins: "shpat_", of: hexes, least: 32},
	{begins: "shpss_", of: hexes, least: 32}, {begins: "shpca_", of: hexes, least: 32}, {begins: "shppa_", of: hexes, least: 32},
	{begins: "access_token$production$", of: letters, least: 20}, {begins: "sq0csp-", of: dashed, least: 22}, {begins: "EAAA", of: dashed, least: 60},
	// HashiCorp, Pulumi, and what runs things
	{begins: "hvs.", of: dashed, least: 20}, {begins: "hvb.", of: dashed, least: 20}, {begins: "hvr.", of: dashed, least: 20},
	{begins: ".atlasv1.", of: dashed, least: 40, anywhere: true}, {begins: "pul-", of: hexes, least: 40, exact: true},
	{begins: "dop_v1_", of: hexes, least: 40}, {begins: "doo_v1_", of: hexes, least: 40}, {begins: "dor_v1_", of: hexes, least: 40},
	{begins: "dckr_pat_", of: dashed, least: 20}, {begins: "dckr_oat_", of: dashed, least: 20}, {begins: "HRKU-", of: dashed, least: 30},
	{begins: "fo1_", of: dashed, least: 40}, {begins: "fm2_", of: base64s, least: 100}, {begins: "tskey-", of: dashed, least: 16, digit: true},
	{begins: "pscale_tkn_", of: dotted, least: 32}, {begins: "pscale_pw_", of: dotted, least: 32}, {begins: "pscale_oauth_", of: dotted, least: 32},
	{begins: "dp.pt.", of: letters, least: 40}, {begins: "dp.st.", of: dotted, least: 40}, {begins: "dapi", of: hexes, least: 32},
	{begins: "AGE-SECRET-KEY-1", of: letters, least: 50}, {begins: "ops_eyJ", of: base64s, least: 100}, {begins: "v1.0-", of: hexes, least: 24, digit: true},
	// packages, models
	{begins: "npm_", of: letters, least: 36}, {begins: "pypi-AgE", of: dashed, least: 40}, {begins: "rubygems_", of: hexes, least: 48},
	{begins: "AKCp", of: letters, least: 60}, {begins: "cmVmd", of: letters, least: 59}, {begins: "oy2", of: letters, least: 43, exact: true},
	{begins: "hf_", of: letters, least: 34}, {begins: "sk-ant-", of: dashed, least: 40}, {begins: "sk-proj-", of: dashed, least: 40},
	{begins: "sk-svcacct-", of: dashed, least: 40}, {begins: "sk-admin-", of: dashed, least: 40}, {begins: "T3BlbkFJ", of: dashed, least: 16, anywhere: true},
	{begins: ":AA", of: dashed, least: 33, exact: true, anywhere: true}, {begins: "r8_", of: letters, least: 37}, {begins: "gsk_", of: letters, least: 40},
	// what watches, sends and plans
	{begins: "glsa_", of: words, least: 40}, {begins: "glc_", of: base64s, least: 32}, {begins: "NRAK-", of: letters, least: 27},
	{begins: "NRII-", of: dashed, least: 27}, {begins: "dt0c01.", of: dotted, least: 60}, {begins: "dt0s16.", of: dotted, least: 40},
	{begins: "sntrys_", of: bearers, least: 40}, {begins: "sntryu_", of: hexes, least: 60}, {begins: "SG.", of: dotted, least: 60},
	{begins: "xkeysib-", of: dashed, least: 64}, {begins: "xsmtpsib-", of: dashed, least: 64}, {begins: "PMAK-", of: dashed, least: 50},
	{begins: "lin_api_", of: letters, least: 40}, {begins: "ntn_", of: letters, least: 40}, {begins: "figd_", of: dashed, least: 36},
	{begins: "ATATT3", of: bearers, least: 100}, {begins: "ATCTT3", of: bearers, least: 100}, {begins: "CCIPAT_", of: words, least: 40},
	{begins: "sha256~", of: dashed, least: 43, exact: true},
	// by the way they are sent
	{begins: "Bearer ", of: bearers, least: 16, after: true, digit: true}, {begins: "bearer ", of: bearers, least: 16, after: true, digit: true},
	{begins: "BEARER ", of: bearers, least: 16, after: true, digit: true}, {begins: "PuTTY-User-Key-File-", of: dashed, least: 1},
}
