package redact

import "strings"

// secretWords make a name secret wherever they stand in it.
var secretWords = set(`
	password passwd passphrase passcode pwd secret token credential cred pat
	privatekey apikey accesskey secretkey authkey authtoken connectionstring
	kubeconfig dockerconfigjson htpasswd keytab psk jwt bearer sas otp mnemonic dsn
	ghpat pgpass dbpass keypass storepass keystorepass truststorepass smtppass sshpass userpass adminpass rootpass`)

// secretSuffixes do so at the end of a word that is written in one: "pgpassword".
var secretSuffixes = strings.Fields(`
	password passwd passphrase secret token apikey accesskey secretkey privatekey connectionstring`)

// joinedPairs are the pairs of secretPairs written as one word: "SHAREDKEY".
var joinedPairs = func() map[string]bool {
	joined := map[string]bool{}
	for pair := range secretPairs {
		joined[strings.ReplaceAll(pair, "_", "")] = true
	}
	return joined
}()

// textNames make a text secret, and nothing that is built of more: a list of cookies is
// a setting, one cookie is a session. They are the ends of names, in the form that
// words are compared in.
var textNames = set(`cookie ssh_key sshkey authorization`)

// secretPairs do so as two words that follow each other.
var secretPairs = set(`
	private_key api_key access_key secret_key auth_key account_key shared_key
	preshared_key pre_shared signing_key signature_key encryption_key decryption_key hmac_key
	master_key root_key session_key storage_key host_key license_key app_key application_key
	integration_key routing_key service_key consumer_key deploy_key client_key server_key
	ssl_key tls_key ca_key cert_key certificate_key join_key admin_key query_key function_key
	connection_string conn_string account_json slack_webhook discord_webhook team_webhook
	docker_config kube_config auth_string pfx_blob pfx_data pkcs_data recovery_code`)

// secretEndings end a name that holds a secret although its last word is a harmless
// ending: who knows a webhook's address may call it, and a database's address holds
// its password.
var secretEndings = set(`
	webhook_url webhook_uri slack_url connection_url connection_uri
	database_url database_uri db_url db_uri redis_url mongo_url mongodb_uri`)

// harmlessEndings end a name that speaks about a secret without holding it.
var harmlessEndings = set(`
	arn id name type kind path file dir directory unit owner length count policy enabled disabled required version
	ttl expiration expiry expire expires validity day hour minute second duration lifetime date at
	time timestamp url uri endpoint status state rotation algorithm format usage use used changed size
	field header prefix suffix mode method ref reference selector location issuer audience
	manager store provider scope pattern limit quota window reset age period description
	encoding encryption source spec column hint engine role region alias trigger update revision fingerprint thumbprint`)

// harmlessNames are exceptions as a whole, in the form that words are compared in.
var harmlessNames = set(`
	http_token metadata_http_token ec_metadata_http_token master_user_secret image_pull_secret existing_secret service_account_token_creator
	password_authentication password_data_enabled sort_key partition_key next_token
	host_key_check host_key_checking access_key_metadata`)

// pairNames are secret as the name in a pair (see pair.go), though not as a member's
// own: aws_api_gateway_method has an attribute "authorization" that names a mode.
var pairNames = set(`authorization proxy_authorization cookie`)

// secretContainers are the segments of a dotted name that make the next one secret.
var secretContainers = set(`secrets credentials passwords tokens`)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, word := range strings.Fields(words) {
		m[word] = true
	}
	return m
}
