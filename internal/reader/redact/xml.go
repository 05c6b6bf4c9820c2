package redact

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
)

// lookXML looks through XML: elements and attributes that are named like a secret, and
// pairs of a name and a value in one element or after one another:
//
//	<password>..</password>           <server password=".."/>
//	<add key="ApiToken" value=".."/>  <key>token</key><string>..</string>
func (t *text) lookXML(raw []byte) (isXML, found bool) {
	decoder := xml.NewDecoder(bytes.NewReader(raw))
	decoder.Strict, decoder.CharsetReader = false, func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	type element struct{ secret, isKey bool } // of its text
	var open []element
	next := false // the next element's text is secret
	for {
		token, err := decoder.RawToken()
		if err != nil {
			return isXML && (found || err == io.EOF), found
		}
		switch token := token.(type) {
		case xml.StartElement:
			isXML = true
			secret := t.lookElement(token, &found) || next
			next = false
			open = append(open, element{secret, token.Name.Local == "key" || token.Name.Local == "name"})
		case xml.EndElement:
			open = open[:max(0, len(open)-1)]
		case xml.CharData:
			if value := bytes.TrimSpace(token); len(open) > 0 && len(value) > 0 {
				last := open[len(open)-1]
				if last.secret {
					found = t.named(value) || found
				}
				next = last.isKey && isSecretPairName(string(value))
			}
		}
	}
}

// lookElement looks through the attributes, and tells whether the element's text is
// secret.
func (t *text) lookElement(e xml.StartElement, found *bool) (secret bool) {
	secret = IsSecretName(e.Name.Local)
	var values []string
	for _, a := range e.Attr {
		switch mark := markMember(a.Name.Local); {
		case mark&(secretMember|secretText) != 0:
			*found = t.named([]byte(a.Value)) || *found
		case mark&pairName != 0 || strings.EqualFold(a.Name.Local, "id"):
			secret = secret || isSecretPairName(a.Value)
		case mark&pairValue != 0:
			values = append(values, a.Value)
		}
	}
	for _, value := range values {
		if secret {
			*found = t.named([]byte(value)) || *found
		}
	}
	return secret
}

// named reports whether a value under a secret name is secret, and learns it.
func (t *text) named(value []byte) bool {
	quoted := appendQuoted(nil, string(value))
	if isPlaceholder(value) || t.redactor.references.arePlain(quoted) {
		return false
	}
	t.redactor.learn(quoted, t.within())
	return true
}
