package value

import (
	"time"

	"gopkg.in/yaml.v3"
)

// RFC3339 gives the time that the text names, as Go prints one in JSON; the text
// itself where it names none.
func (t Timestamp) RFC3339() string {
	var v time.Time
	node := yaml.Node{Kind: yaml.ScalarNode, Tag: "!!timestamp", Value: t.Text}
	if err := node.Decode(&v); err != nil {
		return t.Text
	}
	return v.Format(time.RFC3339Nano)
}
