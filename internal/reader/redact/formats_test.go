package redact_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// canonical is JSON as redacted gives what it leaves as it is.
func canonical(t *testing.T, raw string) string {
	t.Helper()
	var tree any
	if err := json.Unmarshal([]byte(raw), &tree); err != nil {
		t.Fatal(err)
	}
	out, _ := json.Marshal(tree)
	return string(out)
}

func TestTextOfAFormatThatHoldsASecret(t *testing.T) {
	t.Parallel()
	encode := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	for name, text := range map[string]string{
		"YAML":                          "mail:\n  host: smtp.example.com\n  password: Xk29-hunter\n",
		"YAML, quoted":                  "db:\n  \"password\": 'x y'\n",
		"YAML, a list of pairs":         "env:\n  - name: HOST\n    value: h\n  - name: DB_PASSWORD\n    value: x\n",
		"YAML, the value first":         "env:\n- value: x\n  name: DB_PASSWORD\n",
		"YAML, on one line":             "env: {a: b, password: x}\nb: c\n",
		"YAML, a block":                 "a: b\nprivate_key: |\n  line one\n  line two\n",
		"YAML, a tree":                  "credentials:\n  user: u\n",
		"YAML, a list":                  "tokens:\n  - abc\n",
		"YAML, the second document":     "a: b\n---\npassword: x\n",
		"YAML, an anchor":               "a: &p hunter22\npassword: *p\nb:\n  secret: q\n",
		"YAML with templates":           "{{- if .x }}\na: b\npassword: hunter22\n{{- end }}\n",
		"a Secret of Kubernetes":        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\ndata:\n  a: eA==\n",
		"a Secret, its kind last":       "data:\n  a: eA==\nkind: Secret\n",
		"cloud-init":                    "#cloud-config\nusers:\n  - name: u\n    passwd: abc\n",
		"cloud-init that writes a file": "#cloud-config\nwrite_files:\n- path: /etc/x\n  content: |\n    DB_PASSWORD=hunter2\n",
		"base64 in YAML":                "write_files:\n- encoding: b64\n  content: " + encode("DB_HOST=h\nDB_PASSWORD=hunter2\n") + "\n",
		"JSON in YAML":                  "a: b\nconfig: '{\"password\": \"x\"}'\n",
		"dotenv":                        "# comment\nHOST=h\nDB_PASSWORD=x\n",
		"dotenv, exported and quoted":   "export HOST=h\nexport API_TOKEN=\"x y\"\n",
		"dotenv of one line":            "DB_PASSWORD=hunter2",
		"ini":                           "[client]\nuser = u\npassword = x y z\n",
		"properties":                    "spring.datasource.url=jdbc:x\nspring.datasource.password=x\n",
		"HCL":                           "variable {\n  user     = \"u\"\n  password = \"x\"\n}\n",
		"HCL, a pair":                   "env {\n  name  = \"DB_PASSWORD\"\n  value = \"x\"\n}\n",
		"HCL, an object":                "a = { user = \"u\", password = \"x\" }\nb = 1\n",
		"HCL, a heredoc":                "password: <<EOT\nx\nEOT\n",
		"a script":                      "#!/bin/bash\nset -e\nexport HOST=h\ncurl -u user --token=abc123 https://h/\n",
		"a script, a variable":          "#!/bin/bash\nDB_PASSWORD='x'\nexec app\n",
		"a connection string":           "Server=tcp:h,1433;User ID=u;Password=x;Encrypt=True",
		"a connection string of libpq":  "host=h user=u password=x dbname=d",
		"a query of a URL":              "https://api.example.com/hook?client_secret=x&a=b",
		"a header":                      "x-api-key: abcd1234efgh",
		"XML, an element":               "<?xml version=\"1.0\"?>\n<settings><server><username>u</username><password>x</password></server></settings>",
		"XML, an attribute":             "<server user=\"u\" password=\"x\"/>",
		"XML, a setting":                "<configuration><appSettings><add key=\"Host\" value=\"h\"/><add value=\"x\" key=\"ApiToken\"/></appSettings></configuration>",
		"XML, a property":               "<c><property name=\"db.password\">x</property></c>",
		"XML, a plist":                  "<plist><dict><key>Token</key><string>x</string></dict></plist>",
		"XML that breaks off":           "<a><password>x</password><b",
		"base64 of JSON":                encode(`{"db":{"password":"x"},"a":"b"}`),
		"base64 of YAML":                encode("a: b\ndb:\n  password: x\n"),
		"base64 of dotenv":              encode("HOST=h\nDB_PASSWORD=x\n"),
		"base64 of XML":                 encode("<a><b>c</b><password>x</password></a>"),
		"base64 of base64":              encode(encode("HOST=h\nDB_PASSWORD=x\n")),
		"base64 in lines":               encode("HOST=h\nDB_PASSWORD=x\n")[:16] + "\n" + encode("HOST=h\nDB_PASSWORD=x\n")[16:] + "\n",
		"base64 for URLs, unpadded":     strings.TrimRight(base64.URLEncoding.EncodeToString([]byte("HOST=h?>>>\nDB_PASSWORD=x\n")), "="),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw := `{"a":[` + quoted(text) + `],"b":"x"}`
			if diff := cmp.Diff(`{"a":["S"],"b":"x"}`, redacted(t, "t", raw)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTextOfAFormatThatHoldsNone(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"YAML":                      "mail:\n  host: smtp.example.com\n  port: 25\n",
		"YAML, references":          "env:\n  - name: DB_PASSWORD\n    valueFrom:\n      secretKeyRef:\n        name: db\n        key: password\n",
		"YAML, plain values":        "auth:\n  password: \"\"\n  tokens: []\n  secret: true\n  max_tokens: 10\n  token: null\n",
		"YAML, templates":           "auth:\n  password: \"{{ .Values.password }}\"\n  token: ${TOKEN}\n",
		"YAML, functions":           "a: b\npassword: !Ref Password\n",
		"YAML, names of secrets":    "existingSecret: db\nsecretName: db\nsecret_arn: arn:aws:x\ntokenTTL: 1h\n",
		"a ConfigMap":               "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: b\n",
		"an API in YAML":            "openapi: 3.0.1\ncomponents:\n  schemas:\n    Login:\n      properties:\n        password:\n          type: string\n",
		"dotenv":                    "HOST=h\nDB_PASSWORD_FILE_PATH=/run/secrets/db\nTOKEN_TTL=60\nMAX_TOKENS=4096\n",
		"a script":                  "#!/bin/bash\nTOKEN=$(curl -X PUT http://169.254.169.254/latest/api/token)\nDB_PASSWORD=`aws ssm get-parameter`\nexport SECRET=$DB_PASSWORD\n",
		"a program":                 "def f(event):\n    token = event.headers.token\n    password = os.environ['DB_PASSWORD']\n    if secret == other:\n        return client.get(token=token)\n",
		"types":                     "interface Login {\n  user: string;\n  password: string;\n}\n",
		"HCL":                       "resource \"x\" \"y\" {\n  password = var.db_password\n  secret_arn = \"arn:aws:x\"\n}\n",
		"prose":                     "Rules.\nThe password: it must have twelve characters.\nToken: see above and below.\n",
		"a log line":                "[INFO] password: hunter22hunter22",
		"a log format":              "$request_id $status token: $http_token",
		"a description":             "Allows the token service to read secrets: all of them",
		"XML":                       "<settings><server><username>u</username><password></password><token>${env.TOKEN}</token></server></settings>",
		"HTML":                      "<html><body><p>password</p><p>Reset your password: here</p></body></html>",
		"base64 of YAML":            base64.StdEncoding.EncodeToString([]byte("a: b\nc: d\nlonger: text\n")),
		"base64 of bytes":           base64.StdEncoding.EncodeToString([]byte{0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18}),
		"a long word":               "internationalizationinternationalization",
		"a policy in several lines": "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [{\"Action\": [\"secretsmanager:GetSecretValue\"]}]\n}\n",
		"a zone file":               "$ORIGIN example.com.\n@ IN TXT \"v=spf1 -all\"\n_token IN TXT \"x\"\n",
		"a query":                   "SELECT * FROM users WHERE password = $1 AND token = ? AND secret = :secret",
		"a name alone":              "https://example.com/things?name=token",
		"a value alone":             "value=hello-world",
		"a value in a first line":   "default = \"hello\"\nname = \"x\"\n",
		"a name three lines off":    "name = \"TOKEN\"\na = 1\nb = 2\nc = 3\nd = 4\nvalue = \"hello\"\n",
		"a redirect":                "https://example.com/callback?token_type=x&state=y",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw := `{"a":` + quoted(text) + `}`
			if diff := cmp.Diff(canonical(t, raw), redacted(t, "t", raw)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTextOfAFormatTeachesItsSecretsAlone(t *testing.T) {
	t.Parallel()
	raw := `{"a":"is tr0ub4dor&3-again here","b":"db.example.com"}`
	for name, text := range map[string]string{
		"YAML":   "host: db.example.com\npassword: tr0ub4dor&3-again\n",
		"dotenv": "HOST=db.example.com\nexport PASSWORD='tr0ub4dor&3-again'\n",
		"HCL":    "host = \"db.example.com\"\npassword = \"tr0ub4dor&3-again\"\n",
		"XML":    "<a><host>db.example.com</host><password>tr0ub4dor&amp;3-again</password></a>",
		"base64": base64.StdEncoding.EncodeToString([]byte("host: db.example.com\npassword: tr0ub4dor&3-again\n")),
	} {
		if diff := cmp.Diff(`{"a":"S","b":"db.example.com"}`, redacted(t, "t", raw, `{"text":`+quoted(text)+`}`)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
