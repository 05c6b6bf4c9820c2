package redact

import (
	"bytes"
	"math"
	"slices"
	"strings"

	"plumbline/internal/catalog"
)

// typeRule names attributes of resource types that a provider's schema marks as
// sensitive, or that hold a secret by what the type is for. States written before
// the schema's marks were kept in them lack those, and data sources lose them.
type typeRule struct {
	// types are exact, or a prefix ending in "*".
	types string
	// attributes are top-level ones; "*" is every attribute save those of plain.
	attributes string
	plain      string
}

// metadata of an object whose every other attribute is secret.
const identifying = "id algorithm ecdsa_curve rsa_bits public_key_pem public_key_openssh public_key_fingerprint_md5 public_key_fingerprint_sha256"

var typeRules = []typeRule{
	{types: "random_password", attributes: "result bcrypt_hash"},
	{types: "tls_private_key tls_locally_signed_cert tls_self_signed_cert", attributes: "private_key_pem private_key_openssh private_key_pem_pkcs8 ca_private_key_pem"},
	{types: "tls_private_key", attributes: "*", plain: identifying},
	{types: "local_sensitive_file", attributes: "content content_base64 source"},
	{types: "terraform_remote_state", attributes: "config"},

	{types: "aws_db_instance aws_rds_cluster aws_redshift_cluster aws_docdb_cluster aws_neptune_cluster", attributes: "password master_password master_username_password"},
	{types: "aws_iam_access_key", attributes: "secret encrypted_secret ses_smtp_password_v4 encrypted_ses_smtp_password_v4"},
	{types: "aws_iam_user_login_profile", attributes: "password encrypted_password"},
	{types: "aws_iam_service_specific_credential", attributes: "service_password"},
	{types: "aws_secretsmanager_secret_version aws_secretsmanager_secret_versions aws_secretsmanager_random_password", attributes: "secret_string secret_binary random_password"},
	{types: "aws_ssm_parameters_by_path aws_ssm_parameters", attributes: "values"},
	{types: "aws_kms_secrets aws_kms_secret aws_kms_ciphertext", attributes: "plaintext secret"},
	{types: "aws_elasticache_replication_group aws_elasticache_cluster", attributes: "auth_token"},
	{types: "aws_ecr_authorization_token aws_ecrpublic_authorization_token aws_eks_cluster_auth", attributes: "authorization_token password token"},
	{types: "aws_vpn_connection", attributes: "customer_gateway_configuration tunnel1_preshared_key tunnel2_preshared_key"},
	{types: "aws_lightsail_key_pair aws_key_pair", attributes: "private_key encrypted_private_key"},
	{types: "aws_acm_certificate aws_iam_server_certificate", attributes: "private_key"},
	{types: "aws_mq_broker", attributes: "user"},
	{types: "aws_cognito_user_pool_client aws_cognito_identity_provider", attributes: "client_secret provider_details"},
	{types: "aws_cognito_user", attributes: "password temporary_password client_metadata"},
	{types: "aws_datasync_location_smb aws_directory_service_directory aws_dms_endpoint aws_transfer_user", attributes: "password"},
	{types: "aws_api_gateway_api_key aws_appsync_api_key", attributes: "value key"},
	{types: "aws_connect_user aws_opsworks_application aws_opsworks_rds_db_instance aws_opsworks_stack", attributes: "password ssl_configuration db_password custom_cookbooks_source"},

	{types: "google_service_account_key", attributes: "private_key"},
	{types: "google_secret_manager_secret_version google_secret_manager_secret_version_access", attributes: "secret_data"},
	{types: "google_sql_user google_sql_database_instance google_sql_ssl_cert", attributes: "password root_password private_key"},
	{types: "google_container_cluster", attributes: "master_auth"},
	{types: "google_client_config google_service_account_access_token google_service_account_id_token", attributes: "access_token id_token"},
	{types: "google_kms_secret google_kms_secret_ciphertext", attributes: "plaintext"},
	{types: "google_compute_ssl_certificate google_compute_vpn_tunnel google_compute_disk", attributes: "private_key shared_secret disk_encryption_key"},
	{types: "google_redis_instance google_storage_hmac_key google_apikeys_key", attributes: "auth_string secret key_string"},

	{types: "azurerm_*", attributes: "primary_access_key secondary_access_key primary_key secondary_key primary_connection_string secondary_connection_string " +
		"primary_blob_connection_string secondary_blob_connection_string default_primary_connection_string default_secondary_connection_string " +
		"primary_shared_key secondary_shared_key primary_master_key secondary_master_key primary_readonly_key secondary_readonly_key " +
		"connection_strings kube_admin_config kube_admin_config_raw kube_config kube_config_raw site_credential instrumentation_key " +
		"administrator_login_password admin_password custom_data sas certificate_data primary_sql_connection_string secondary_sql_connection_string"},
	{types: "azurerm_key_vault_secret azurerm_key_vault_certificate_data", attributes: "value key pem hex"},
	{types: "azurerm_app_configuration_key", attributes: "value"},
	{types: "azurerm_virtual_machine azurerm_virtual_machine_scale_set", attributes: "os_profile"},
	{types: "azuread_*", attributes: "value password client_secret"},

	{types: "kubernetes_secret kubernetes_secret_v1 kubernetes_secret_v1_data", attributes: "data binary_data string_data data_wo binary_data_wo"},
	{types: "kubernetes_token_request_v1 kubernetes_service_account", attributes: "token"},
	{types: "helm_release", attributes: "set_sensitive repository_password"},

	{types: "vault_generic_secret vault_kv_secret vault_kv_secret_v2 vault_generic_endpoint", attributes: "data data_json data_raw write_data write_data_json"},
	{types: "vault_*", attributes: "data_json secret_id client_token wrapping_token token secret_key access_key private_key credentials password bindpass kubeconfig certificate_bundle"},
	{types: "vault_token vault_approle_auth_backend_login vault_aws_access_credentials vault_azure_access_credentials", attributes: "client_token security_token metadata"},

	{types: "github_actions_secret github_actions_organization_secret github_actions_environment_secret github_dependabot_secret github_dependabot_organization_secret github_codespaces_secret", attributes: "plaintext_value encrypted_value value"},
	{types: "github_repository_webhook github_organization_webhook", attributes: "configuration"},
	{types: "gitlab_project_variable gitlab_group_variable gitlab_instance_variable", attributes: "value"},
	{types: "gitlab_deploy_token gitlab_project_access_token gitlab_personal_access_token gitlab_group_access_token", attributes: "token"},
	{types: "datadog_api_key datadog_application_key", attributes: "key"},
	{types: "cloudflare_origin_ca_certificate cloudflare_api_token cloudflare_tunnel cloudflare_argo_tunnel", attributes: "value secret tunnel_secret tunnel_token"},
	{types: "digitalocean_database_cluster digitalocean_database_user digitalocean_database_connection_pool", attributes: "password uri private_uri"},
	{types: "digitalocean_kubernetes_cluster", attributes: "kube_config"},
	{types: "grafana_api_key grafana_service_account_token grafana_cloud_api_key", attributes: "key"},
	{types: "heroku_app", attributes: "sensitive_config_vars all_config_vars"},
	{types: "mongodbatlas_database_user postgresql_role mysql_user", attributes: "password plaintext_password auth_string_hashed"},
	{types: "newrelic_api_access_key rollbar_project_access_token pagerduty_service_integration", attributes: "key access_token integration_key"},
	{types: "okta_app_oauth auth0_client auth0_client_credentials", attributes: "client_secret"},
	{types: "tfe_variable", attributes: "value readable_value"},
	{types: "tfe_team_token tfe_organization_token tfe_agent_token", attributes: "token"},
	{types: "hcp_vault_cluster_admin_token", attributes: "token"},
	{types: "acme_certificate acme_registration", attributes: "private_key_pem certificate_p12 account_key_pem"},
	{types: "pkcs12_from_pem jks_trust_store", attributes: "result password"},
	{types: "docker_registry_image docker_secret docker_config", attributes: "auth_config data"},
	{types: "consul_keys", attributes: "key"},
	{types: "sops_file", attributes: "data raw"},
	{types: "external", attributes: "result"},
	{types: "onepassword_item", attributes: "password credential section note_value private_key"},
}

// ofType is what a resource type says of the attributes of its resources.
type ofType struct {
	// rules tell of the attributes that are secret.
	rules []compiledRule
	// made: its objects are made up in the state, and so are their ids.
	made bool
}

// madeUp are the prefixes of types whose objects are nowhere but in the state: the id
// of a random_string is the text itself. Those of Atmos have no ids; what the files of an
// estate call one is learnt from them.
var madeUp = []string{"random_", "tls_", "null_", "time_", "terraform_", "local_", "atmos."}

func rulesOfType(resourceType string) ofType {
	name := strings.TrimPrefix(resourceType, "data.")
	isMade := slices.ContainsFunc(madeUp, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
	return ofType{slices.Concat(exactTypes[name], prefixRules(name)), isMade}
}

// isSecret reports whether an attribute, quoted as in a JSON text, is secret. That depends
// on the type alone, save for aws_ssm_parameter (see [hook.secretInType]).
func (t *ofType) isSecret(quoted []byte) bool {
	for n := range t.rules {
		if t.rules[n].tells(quoted) {
			return true
		}
	}
	return false
}

// compiledRule is a [typeRule]; lengths has a bit for each length of its attributes, for
// most names are told by theirs.
type compiledRule struct {
	attributes, plain map[string]bool
	lengths           uint64
}

func compileRule(rule typeRule) compiledRule {
	c := compiledRule{attributes: set(rule.attributes), plain: set(rule.plain)}
	for name := range c.attributes {
		c.lengths |= 1 << (len(name) % 64)
	}
	if c.attributes["*"] {
		c.lengths = math.MaxUint64
	}
	return c
}

func (c *compiledRule) tells(quoted []byte) bool {
	attribute := quoted[1 : len(quoted)-1]
	if c.lengths&(1<<(len(attribute)%64)) == 0 && bytes.IndexByte(attribute, '\\') < 0 {
		return false
	}
	name, _ := catalog.Text(quoted)
	return c.attributes[name] || c.attributes["*"] && !c.plain[name]
}

var exactTypes, prefixTypes = compileTypes()

func compileTypes() (exact, prefix map[string][]compiledRule) {
	exact, prefix = map[string][]compiledRule{}, map[string][]compiledRule{}
	for _, rule := range typeRules {
		compiled := compileRule(rule)
		for name := range set(rule.types) {
			if start, found := strings.CutSuffix(name, "*"); found {
				prefix[start] = append(prefix[start], compiled)
				continue
			}
			exact[name] = append(exact[name], compiled)
		}
	}
	return exact, prefix
}

func prefixRules(resourceType string) []compiledRule {
	if i := strings.IndexByte(resourceType, '_'); i >= 0 {
		return prefixTypes[resourceType[:i+1]]
	}
	return nil
}
